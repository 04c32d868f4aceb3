"""Verbs on the history store: each a thin shell over one call of `History`."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repeatdetect.cli_options import (
    DB,
    Cases,
    Encoding,
    Exports,
    Jobs,
    Json,
    KeyFile,
    Map,
    Masked,
    Officials,
    Out,
    Outgoing,
    Quiet,
    SettingsFile,
    Sheet,
)  # fmt: skip

if TYPE_CHECKING:
    from repeatdetect.history import History
    from repeatdetect.history.answer import Tonight
    from repeatdetect.settings import Settings

Db = Annotated[str, DB]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (init, nightly, check, export, runs, undo, rekey):
        app.command()(verb)


def init(db: Db, key_file: KeyFile = None) -> None:
    """建历史库；密钥文件不存在时一并生成。已有的库不改动，也不为它另造密钥。"""
    from repeatdetect.history import History

    with closing(History.init(db, key_file)) as history:
        typer.echo(f"历史库：{history.name}")
    typer.echo(f"密钥文件：{key_file}。请另存一份到别处：密钥遗失，库中内容无法找回。")


def nightly(
    export: Exports, db: Db, out: Out, key_file: KeyFile = None, cases: Cases = None, officials: Officials = None,
    outgoing: Outgoing = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只演算并写出结果文件夹，不写历史库。")] = False,
    map_: Map = None, settings: SettingsFile = None, encoding: Encoding = None, sheet: Sheet = None, jobs: Jobs = None,
    masked: Masked = False, quiet: Quiet = False, json_: Json = False,
) -> None:  # fmt: skip
    """每日判重：将新导出的信访件与历史库比对、入库，写出新件结果、所涉事项和一页摘要。"""
    import repeatdetect as rd
    from repeatdetect import cli_output, cli_run, report

    source = cli_run.Source.of("nightly", export, settings, map_, encoding, sheet, jobs)
    report.check_target(out)
    if outgoing:
        cli_run.check_outgoing(outgoing, out, cases, officials)
    with closing(open_store(db, key_file)) as history, cli_output.Stages(quiet=quiet) as stages, ExitStack() as folders:
        tables = rd.read_cases(cases) if cases else None, rd.read_officials(officials) if officials else None

        def write(answer: Tonight) -> None:
            """Before anything is stored; the folders are put in place when all is done."""
            answer.run["inputs"] = cli_run.inputs([*source.export, *filter(None, (cases, officials))])
            cli_run.write(folders, answer, out, outgoing, masked=masked, progress=stages)

        if dry_run:
            tonight = history.check(source.read(may_be_empty=True), *tables, settings=source.settings, progress=stages)
            write(tonight)
        else:
            tonight = history.add(
                source.read(may_be_empty=True), *tables, settings=source.settings, progress=stages, first=write
            )
    if json_:
        typer.echo(json.dumps({"out": str(out), **tonight.run}, ensure_ascii=False))
    elif not quiet:
        for note in tonight.run["notes"]:
            typer.echo(f"提示：{note}", err=True)
        typer.echo(tonight.headline)
        typer.echo(f"摘要：{out / '摘要.md'}")
    if tonight.all_warnings:
        for warning in tonight.all_warnings:
            typer.echo(f"警告：{warning}", err=True)
        raise typer.Exit(4)


def check(
    export: Exports, db: Db, key_file: KeyFile = None, cases: Cases = None, officials: Officials = None,
    map_: Map = None, settings: SettingsFile = None, encoding: Encoding = None, sheet: Sheet = None, json_: Json = False,
) -> None:  # fmt: skip
    """查重：与 nightly 同样比对，但不入库，只显示结果。"""
    import repeatdetect as rd
    from repeatdetect import cli_output, cli_run

    source = cli_run.Source.of("check", export, settings, map_, encoding, sheet)
    with closing(open_store(db, key_file)) as history:
        tables = rd.read_cases(cases) if cases else None, rd.read_officials(officials) if officials else None
        tonight = history.check(source.read(), *tables, settings=source.settings)
    cli_output.filings(tonight, as_json=json_)


def export(
    db: Db, out: Out, key_file: KeyFile = None, cases: Cases = None, officials: Officials = None,
    outgoing: Outgoing = None, settings: SettingsFile = None, masked: Masked = False, quiet: Quiet = False, json_: Json = False,
) -> None:  # fmt: skip
    """导出：写出全库的结果，内容与 dedupe 相同。"""
    import repeatdetect as rd
    from repeatdetect import cli_output, cli_run, report

    report.check_target(out)
    if outgoing:
        cli_run.check_outgoing(outgoing, out, cases, officials)
    with closing(open_store(db, key_file)) as history, cli_output.Stages(quiet=quiet) as stages:
        tables = rd.read_cases(cases) if cases else None, rd.read_officials(officials) if officials else None
        result = history.export(*tables, settings=cli_run.load_settings(settings), progress=stages)
        with ExitStack() as folders:
            cli_run.write(folders, result, out, outgoing, masked=masked, progress=stages)
    if json_ or not quiet:
        cli_output.summary(result, out, outgoing, as_json=json_)


def runs(db: Db, key_file: KeyFile = None, json_: Json = False) -> None:
    """列出历次运行，最近的在前。"""
    from repeatdetect import cli_output

    with closing(open_store(db, key_file)) as history:
        cli_output.runs(history.runs(), as_json=json_)


def undo(
    run: Annotated[int, typer.Argument(metavar="RUN", help="运行的编号，见 runs。")], db: Db, key_file: KeyFile = None
) -> None:
    """撤销最近一次运行，使历史库回到它之前；记录仍保留。"""
    with closing(open_store(db, key_file)) as history:
        history.undo(run)
    typer.echo(f"已撤销第 {run} 次运行。")


def rekey(db: Db, key_file: KeyFile = None) -> None:
    """更换密钥：全库改用新密钥，密钥文件随之替换；旧密钥另存，此前的备份仍须用它打开。"""
    with closing(open_store(db, key_file)) as history:
        kept = history.rekey(key_file)
    typer.echo(f"已更换密钥：{key_file}；旧密钥另存为 {kept}。请为新密钥另存一份到别处。")


def open_store(db: str, key_file: Path | None, settings: Settings | None = None) -> History:
    """The store that `--db` and `--key-file` name."""
    from repeatdetect.history import History

    return History.open(db, key_file, settings)
