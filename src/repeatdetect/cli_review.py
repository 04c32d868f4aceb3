"""Verbs for people's decisions: taken back from a workbook, or made pair by pair on a local page."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from repeatdetect.cli_options import Encoding, Exports, Map, SettingsFile, Sheet

Who = Annotated[str | None, typer.Option(help="认定人；默认为登录本机的用户名。")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(review)
    app.command()(apply)


def review(
    export: Exports,
    result: Annotated[Path, typer.Option(help="dedupe 写出的结果文件夹。")],
    decisions: Annotated[Path, typer.Option(help="人工结论表（CSV），没有则新建；每判一对立即写入。")],
    who: Who = None,
    masked: Annotated[bool, typer.Option("--masked", help="页面中隐去身份信息。")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口；0 为任一空闲端口。")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="是否自动打开浏览器。")] = True,
    map_: Map = None,
    settings: SettingsFile = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
) -> None:
    """逐对判定：在本机网页上并排比较待判的两件，按 1 同一事项、2 不同事项、3 待定、z 撤销。"""
    from repeatdetect import cli_run
    from repeatdetect.decisions import DecisionFile

    def opened(address: str) -> None:
        typer.echo(f"请在本机浏览器打开（只能用一次）：{address}\n判完后在此按 Ctrl+C 结束。")

    source = cli_run.Source(export, cli_run.load_settings(settings, map_ or [], None), encoding, sheet)
    ended = cli_run.review(
        result, source, DecisionFile(decisions), user(who), masked=masked, port=port, browser=browser, opened=opened
    )
    typer.echo(f"本次判定 {ended.answered} 对，还剩 {ended.left} 对。")
    if ended.answered:
        typer.echo(f"已记入 {decisions}；下次判重加上 --decisions 即照此办理。")


def apply(
    workbook: Annotated[Path, typer.Argument(metavar="判重台账.xlsx", help="填好“人工结论”的台账。")],
    decisions: Annotated[Path, typer.Option(help="人工结论表（CSV），没有则新建；下次判重用 --decisions 带上。")],
    who: Who = None,
) -> None:
    """收回结论：把台账里填的“人工结论”记入人工结论表；自相矛盾的逐行指出，不替人选择。"""
    from repeatdetect.decisions import DecisionFile, record
    from repeatdetect.report.answers import read_answers

    answers = read_answers(workbook, user(who))
    done = record(DecisionFile(decisions), answers)
    typer.echo(
        f"台账中有 {len(answers)} 对结论：新记 {done.new} 对，改判 {done.changed} 对，收回 {done.withdrawn} 对，"
        f"此前已记 {done.again} 对。"
    )
    if done.new or done.changed or done.withdrawn:
        typer.echo(f"已记入 {decisions}；下次判重加上 --decisions 即照此办理。")


def user(who: str | None) -> str:
    """Who decides: as told, else the name of the login."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name, as in some containers
        return ""
