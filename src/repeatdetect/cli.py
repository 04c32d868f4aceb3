"""The command line: one verb a job, each a thin shell over one library call.

Nothing heavy is imported until a verb runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from repeatdetect import __version__
from repeatdetect.errors import InputError, RepeatDetectError

app = typer.Typer(
    name="repeatdetect",
    help="信访件判重：找出一件多投、重复举报，按事项归并并说明依据。全程离线，只提建议，由人决定。",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Exports = Annotated[list[Path], typer.Argument(metavar="EXPORT...", help="信访件导出表，可给多个（xlsx、xls、ods、csv、tsv、jsonl、parquet）。")]


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
    out: Annotated[Path, typer.Option("-o", "--out", help="结果文件夹；已有结果将被整体替换。")],
    cases: Annotated[Path | None, typer.Option(help="积案台账。")] = None,
    officials: Annotated[Path | None, typer.Option(help="乡镇分工表（党委书记、联系班子成员）。")] = None,
    decisions: Annotated[Path | None, typer.Option(help="人工结论表（left_id, right_id, decision, who, when, why）。")] = None,
    map_: Annotated[list[str] | None, typer.Option("--map", metavar="来源列=标准列", help="指定列的含义，可多次给出。")] = None,
    settings: Annotated[Path | None, typer.Option(help="设置文件（TOML）。")] = None,
    encoding: Annotated[str | None, typer.Option(help="文本文件的编码；默认自动识别。")] = None,
    sheet: Annotated[str | None, typer.Option(help="只读这个工作表；默认读所有能识别表头的工作表。")] = None,
    jobs: Annotated[int | None, typer.Option(min=0, help="进程数（0 为全部核心）；不影响结果。")] = None,
    outgoing: Annotated[Path | None, typer.Option(help="另将发给包案领导、乡镇、承办单位的清单写到这个文件夹。")] = None,
    masked: Annotated[bool, typer.Option("--masked", help="台账和网页中隐去身份信息。")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只输出错误。")] = False,
    json_: Annotated[bool, typer.Option("--json", help="以 JSON 输出汇总。")] = False,
) -> None:
    """判重：读入导出表，写出判重台账、网页和数据表。"""
    from repeatdetect import cli_output, cli_run

    with cli_output.Stages(quiet=quiet) as stages:
        result = cli_run.dedupe(
            export, out, cases=cases, officials=officials, decisions=decisions, mapping=cli_run.mapping(map_ or []),
            settings=settings, encoding=encoding, sheet=sheet, jobs=jobs, outgoing=outgoing, masked=masked,
            progress=stages,
        )  # fmt: skip
    if json_ or not quiet:
        cli_output.summary(result, out, outgoing, as_json=json_)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; every failure becomes one Chinese paragraph and an exit code, never a traceback.

    Returns
    -------
    int
        0 done, 1 our fault, 2 unusable input or arguments, 3 store busy or key missing, 4 done with warnings.
    """
    try:
        code: Any = app(arguments, prog_name=app.info.name, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except RepeatDetectError as error:
        return _fail(error)
    except typer.Abort:
        return _fail(InputError("E299", "已中断", hint="没有改动任何已有结果。"))
    except typer.TyperException as error:
        from repeatdetect import cli_output

        return _fail(cli_output.usage_error(error))
    except KeyboardInterrupt:
        return _fail(InputError("E299", "已中断", hint="没有改动任何已有结果。"))
    except Exception as error:
        # type and place only: the message of an unexpected exception may hold a filing's content
        from repeatdetect import cli_output

        return _fail(cli_output.unexpected(error))


def _fail(error: RepeatDetectError) -> int:
    typer.echo(str(error), err=True)
    return error.exit_code


def run() -> None:
    """Console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
