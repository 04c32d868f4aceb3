"""The command line: one verb a job, each a thin shell over one library call.

Nothing heavy is imported until a verb runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from repeatdetect import __version__, cli_errors, cli_history, cli_review
from repeatdetect.cli_options import (
    Cases,
    Encoding,
    Exports,
    Jobs,
    Json,
    Map,
    Masked,
    Officials,
    Out,
    Outgoing,
    Quiet,
    SettingsFile,
    Sheet,
    path_argument,
    path_option,
)  # fmt: skip
from repeatdetect.errors import RepeatDetectError
from repeatdetect.jobs import share_heap

app = typer.Typer(
    name="repeatdetect",
    help="信访件判重：找出一件多投、重复举报，按事项归并并说明依据。全程离线，只提建议，由人决定。",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"repeatdetect {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本。")] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def dedupe(
    export: Exports,
    out: Out,
    cases: Cases = None,
    officials: Officials = None,
    outgoing: Outgoing = None,
    decisions: Annotated[
        Path | None, path_option(help="人工结论表（left_id, right_id, decision, who, when, why）。")
    ] = None,
    map_: Map = None,
    settings: SettingsFile = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    jobs: Jobs = None,
    masked: Masked = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """判重：读入导出表，写出判重台账、网页和数据表。"""
    from repeatdetect import cli_output, cli_run

    source = cli_run.Source.of("dedupe", export, settings, map_, encoding, sheet, jobs)
    with cli_output.Stages(quiet=quiet) as stages:
        result = cli_run.dedupe(
            source, out, cases=cases, officials=officials, outgoing=outgoing, decisions=decisions, masked=masked,
            progress=stages,
        )  # fmt: skip
    if json_ or not quiet:
        cli_output.summary(result, out, outgoing, as_json=json_)


@app.command()
def explain(
    left: Annotated[str, typer.Argument(metavar="A", help="一件的编号。")],
    right: Annotated[str, typer.Argument(metavar="B", help="另一件的编号。")],
    export: Exports,
    result: Annotated[Path, path_option(help="dedupe 写出的结果文件夹。")],
    map_: Map = None,
    settings: SettingsFile = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    json_: Json = False,
) -> None:
    """说明两件为何是、或不是同一事项：各项依据及其分值，相同与不同的要素，相同的段落，连接路径。"""
    from repeatdetect import cli_output, cli_run

    source = cli_run.Source.of("explain", export, settings, map_, encoding, sheet)
    cli_output.explanation(cli_run.explain(left, right, result, source), as_json=json_)


@app.command()
def evaluate(
    result: Annotated[Path, path_argument(metavar="RESULT", help="结果文件夹，或其中的 filings.csv。")],
    gold: Annotated[Path, path_argument(metavar="GOLD", help="答案：成对标注，或逐件的事项编号。")],
    export: Annotated[
        list[Path] | None, path_argument(metavar="[EXPORT...]", help="导出表；给出时逐对重新打分，候选召回为准确值。")
    ] = None,
    map_: Map = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    json_: Json = False,
) -> None:
    """评测：将结果与人工答案对照：准确率、召回率、F1、各类难点、候选召回、概率校准、各阈值下的表现。"""
    from repeatdetect import cli_output, cli_run

    source = cli_run.Source.of("evaluate", export, None, map_, encoding, sheet)
    cli_output.figures(cli_run.evaluate(result, gold, source), as_json=json_)


cli_history.register(app)
cli_review.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; every failure becomes one Chinese paragraph and an exit code, never a traceback.

    Returns
    -------
    int
        0 done, 1 our fault, 2 unusable input or arguments, 3 store busy or key missing, 4 done with warnings,
        130 interrupted, 141 nobody reads the output any more, 143 terminated.
    """
    try:
        code: Any = app(arguments, prog_name=app.info.name, standalone_mode=False)
        if code == cli_errors.INTERRUPTED:  # what Typer makes of Ctrl+C
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except RepeatDetectError as error:
        return _fail(error)
    except typer.TyperException as error:
        return _fail(cli_errors.usage_error(error))
    except (typer.Abort, KeyboardInterrupt):
        return _fail(cli_errors.Stopped(cli_errors.INTERRUPTED))
    except SystemExit as ended:
        if ended.code == cli_errors.TERMINATED:
            return _fail(cli_errors.Stopped(cli_errors.TERMINATED))
        broken = ended.__context__  # Typer and Rich make an exit of every closed pipe, one between our processes, too
        if cli_errors.unread(broken):
            return cli_errors.UNREAD
        if isinstance(broken, BrokenPipeError):
            return _fail(cli_errors.unexpected(broken))
        raise
    except Exception as error:
        return _fail(cli_errors.unexpected(error))


def _fail(error: RepeatDetectError) -> int:
    with suppress(OSError):  # nobody can be told; the exit code still tells
        typer.echo(str(error), err=True)
    return error.exit_code


def _terminate(*_: object) -> None:
    """End as if the program had decided to, so that nothing half-written stays behind."""
    raise SystemExit(cli_errors.TERMINATED)


def run() -> None:
    """Console script."""
    share_heap()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a screen of GBK has no ³, no � and no 😀
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _terminate)
    code = main()
    if code == cli_errors.UNREAD:  # what is still buffered can go nowhere, and Python must not complain of it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
    sys.exit(code)


if __name__ == "__main__":
    run()
