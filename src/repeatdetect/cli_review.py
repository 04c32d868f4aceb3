"""Verbs for people's decisions: taken back from a workbook, or made pair by pair on a local page."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repeatdetect.cli_history import open_store
from repeatdetect.cli_options import DB, Encoding, KeyFile, Map, SettingsFile, Sheet, path_argument, path_option
from repeatdetect.errors import InputError

if TYPE_CHECKING:
    from repeatdetect.decisions import Keeper
    from repeatdetect.settings import Settings

Decisions = Annotated[
    Path | None, path_option(help="人工结论表（CSV），没有则新建；下次判重用 --decisions 带上。不给则记入历史库。")
]
Db = Annotated[str | None, DB]

Who = Annotated[str | None, typer.Option(help="认定人；默认为登录本机的用户名。")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(review)
    app.command()(apply)


def review(
    export: Annotated[
        list[Path] | None, path_argument(metavar="[EXPORT...]", help="判重时的导出表；用 --db 时不要给。")
    ] = None,
    result: Annotated[Path | None, path_option(help="dedupe 写出的结果文件夹；用 --db 时不要给。")] = None,
    decisions: Decisions = None,
    db: Db = None,
    key_file: KeyFile = None,
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

    def opened(address: str) -> None:
        typer.echo(f"请在本机浏览器打开（只能用一次）：{address}\n判完后在此按 Ctrl+C 结束。")

    source = cli_run.Source.of("review", export, settings, map_, encoding, sheet)
    with _keeper(decisions, db, key_file, source.settings) as keeper:
        doubts = cli_run.doubts(keeper, result, source)
        ended = cli_run.review(doubts, keeper, user(who), masked=masked, port=port, browser=browser, opened=opened)
    typer.echo(f"本次判定 {ended.answered} 对，还剩 {ended.left} 对。")
    if ended.answered:
        _kept(decisions)


def apply(
    workbook: Annotated[Path, path_argument(metavar="判重台账.xlsx", help="填好“人工结论”的台账。")],
    decisions: Decisions = None,
    db: Db = None,
    key_file: KeyFile = None,
    who: Who = None,
    settings: SettingsFile = None,
) -> None:
    """收回结论：把台账里填的“人工结论”记入人工结论表或历史库；自相矛盾的逐行指出，不替人选择。"""
    from repeatdetect.cli_run import load_settings, noted
    from repeatdetect.decisions import record
    from repeatdetect.report.answers import read_answers

    answers = read_answers(workbook, user(who))
    noted("apply", answers.attrs["filings"])
    with _keeper(decisions, db, key_file, load_settings(settings)) as keeper:
        done = record(keeper, answers)
    typer.echo(
        f"台账中有 {len(answers)} 对结论：新记 {done.new} 对，改判 {done.changed} 对，收回 {done.withdrawn} 对，"
        f"此前已记 {done.again} 对。"
    )
    if done.new or done.changed or done.withdrawn:
        _kept(decisions)


def _kept(decisions: Path | None) -> None:
    typer.echo(
        f"已记入 {decisions}；下次判重加上 --decisions 即照此办理。" if decisions else "已记入历史库，并已照此办理。"
    )


@contextmanager
def _keeper(decisions: Path | None, db: str | None, key_file: Path | None, settings: Settings) -> Iterator[Keeper]:
    """Where decisions go: the file where one is named, else the store."""
    from repeatdetect.decisions import DecisionFile

    if decisions:
        yield DecisionFile.to_continue(decisions)
    elif db:
        with closing(open_store(db, key_file, settings)) as history:
            yield history
    else:
        raise InputError(
            "E243", "没有指明结论记到哪里", hint="请给出 --decisions 人工结论.csv，或 --db 与 --key-file。"
        )


def user(who: str | None) -> str:
    """Who decides: as told, else the name of the login."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name, as in some containers
        return ""
