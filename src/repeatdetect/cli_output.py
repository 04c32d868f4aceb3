"""What the command line says: progress, summaries and errors, in Chinese."""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from repeatdetect.errors import InputError, RepeatDetectError

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from repeatdetect.detector import Result

STAGES = {
    "read": "读取", "prepare": "提取要素", "propose": "寻找候选", "compare": "逐对比较", "group": "归并事项",
    "classify": "判定初重", "link": "关联积案", "write": "写出结果",
}  # fmt: skip


class Stages:
    """Progress of a run: bars on a terminal, one plain line a finished stage otherwise; always on stderr."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._start: dict[str, float] = {}
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                console=Console(stderr=True),
            )  # fmt: skip

    def __enter__(self) -> Stages:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note that `done` of `total` items of a stage are done."""
        name = STAGES.get(stage, stage)
        if self._bars:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(name, total=total or None)
            self._bars.update(self._tasks[stage], completed=done, total=total if done or total else None)
            return
        start = self._start.setdefault(stage, time.perf_counter())
        if done >= total and done and not self._quiet:
            typer.echo(f"{name} {done}/{total}（{time.perf_counter() - start:.1f} 秒）", err=True)


def summary(result: Result, out: Path, outgoing: Path | None, *, as_json: bool) -> None:
    """Say what a run found and where its files are."""
    run = result.run
    if as_json:
        places = {"out": str(out), **({"outgoing": str(outgoing)} if outgoing else {})}
        typer.echo(json.dumps({**places, **run}, ensure_ascii=False))
        return
    counts = run["counts"]
    for note in run["notes"]:
        typer.echo(f"提示：{note}", err=True)
    typer.echo(
        f"共 {counts['rows']} 件，归并为 {counts['matters']} 个事项；其中 {counts['repeat_matters']} 个事项被多次反映。"
    )
    typer.echo(
        f"初次件 {counts['first']}，重复件 {counts['repeat']}，同诉件 {counts['joint']}，"
        f"单独件 {counts['single']}，待人工判定 {counts['review']}。"
    )
    if counts["rejects"]:
        typer.echo(f"另有 {counts['rejects']} 件未纳入（隔离或无法读取），见 rejects.csv。")
    typer.echo(f"台账：{out / '判重台账.xlsx'}")
    typer.echo(f"网页：{out / 'report.html'}")
    if outgoing:
        typer.echo(f"下发清单：{outgoing}")


def usage_error(error: typer.TyperException) -> RepeatDetectError:
    """A mistake in the arguments, as told by Typer, in our words."""
    kind = type(error).__name__
    name = _parameter(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "repeatdetect"
    hint = f"请运行 {command} --help 查看用法。"
    if kind == "NoSuchOption":
        possible = getattr(error, "possibilities", None)
        near = f"是否想用 {'、'.join(sorted(possible))}？" if possible else ""
        return InputError("E230", "没有这个选项", place=name, hint=near + hint)
    if kind == "MissingParameter":
        return InputError("E231", "缺少必需的参数", place=name, hint=hint)
    if kind in ("BadParameter", "BadOptionUsage", "BadArgumentUsage"):
        return InputError("E232", "参数的值不对或缺少", place=name, hint=hint)
    words = error.message.split("'")
    if "command" in error.message and len(words) > 1:
        known = "、".join(context.command.list_commands(context)) if context else ""
        return InputError("E233", "没有这个命令", place=words[1], hint=f"可用的命令：{known}。")
    return InputError("E234", "命令行写法不对", place=command, hint=hint)


def _parameter(error: typer.TyperException) -> str:
    option = getattr(error, "option_name", None)
    if option:
        return str(option)
    parameter: Any = getattr(error, "param", None)
    if parameter is None:
        return ""
    return "/".join(parameter.opts) if parameter.param_type_name == "option" else parameter.metavar or parameter.name


def unexpected(error: Exception) -> RepeatDetectError:
    """A fault of ours: kind and place only, for the message of an exception may hold a filing's content."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "repeatdetect" in frame.filename]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return RepeatDetectError(
        "E900", f"程序内部出错 {type(error).__name__}", place=place, hint="没有改动已有结果；请把这一行告诉维护者。"
    )
