"""Verbs for people's decisions: taken back from a workbook, or made pair by pair on a local page."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

Who = Annotated[str | None, typer.Option(help="认定人；默认为登录本机的用户名。")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(apply)


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
