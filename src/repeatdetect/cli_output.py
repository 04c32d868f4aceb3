"""What the command line says: progress and answers, in Chinese."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from repeatdetect.detector import Result
    from repeatdetect.explain import Explanation
    from repeatdetect.history.answer import Tonight

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


def summary(result: Result, out: Path, outgoing: Path | None = None, *, as_json: bool) -> None:
    """Say what a run found and where its files are."""
    run = result.run
    if as_json:
        folders = {"out": str(out), **({"outgoing": str(outgoing)} if outgoing else {})}
        typer.echo(json.dumps({**folders, **run}, ensure_ascii=False))
        return
    counts = run["counts"]
    for note in run["notes"]:
        typer.echo(f"提示：{note}", err=True)
    typer.echo(
        f"共 {counts['filings']} 件，归并为 {counts['matters']} 个事项；其中 {counts['repeat_matters']} 个事项被多次反映。"
    )
    typer.echo(
        f"初次件 {counts['first']}，重复件 {counts['repeat']}，同诉件 {counts['joint']}，"
        f"单独件 {counts['single']}，待判件 {counts['review']}；“待判”表中有 {counts['review_pairs']} 对。"
    )
    if counts["rejects"]:
        typer.echo(f"另有 {counts['rejects']} 行未纳入（隔离、表尾、无法读取或重复导出），见 rejects.csv。")
    typer.echo(f"台账：{out / '判重台账.xlsx'}")
    if result.cases is not None:
        typer.echo(f"积案：{out / '积案台账.xlsx'}")
    typer.echo(f"网页：{out / 'report.html'}")
    if outgoing:
        typer.echo(f"下发清单：{outgoing}（{sum(1 for _ in outgoing.iterdir())} 份）")


def explanation(told: Explanation, *, as_json: bool) -> None:
    """Show why two filings are, or are not, one matter."""
    if as_json:
        typer.echo(json.dumps(told.to_dict(), ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    from repeatdetect.grounds import REASON_WORDS as words
    from repeatdetect.report.words import FACTS

    verdict = "结果中归为同一事项" if told.together else "结果中是不同事项"
    typer.echo(f"{told.left_id} 与 {told.right_id}：{verdict}")
    typer.echo(f"同一事项的概率 {told.probability:.3f}，得分 {told.score:+.2f}（下列各项之和）")
    table = Table(box=None, pad_edge=False)
    for heading, side in (("依据", "left"), ("取值", "right"), ("分值", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for name, points in sorted(told.contributions.items(), key=lambda item: -abs(item[1])):
        value = told.evidence.get(name)
        shown = "" if name == "intercept" else "不明" if value is None else f"{value:.2f}"
        table.add_row(
            "基数" if name == "intercept" else f"{words.get(name, '')} {name}".strip(), shown, f"{points:+.2f}"
        )
    Console(highlight=False, markup=False).print(table)
    if told.said:
        typer.echo(f"{told.said}；以下是程序的看法。")
    elif told.together and told.probability < 0.5 and len(told.path) == 2:
        typer.echo("单看这两件不足以认定；是与对方所在事项的全部来件汇总比较后并入的。")
    for conflict in told.conflicting:
        kind = FACTS.get(conflict["kind"], conflict["kind"])
        left, right = ("、".join(fact["value"] for fact in conflict[side]) for side in ("left", "right"))
        typer.echo(f"不一致：{kind} {left} ｜ {right}")
    for heading, facts in (("两件都有", told.shared), ("仅前一件", told.only_left), ("仅后一件", told.only_right)):
        if facts:
            typer.echo(f"{heading}：" + "、".join(f"{FACTS.get(f['kind'], f['kind'])} {f['value']}" for f in facts))
    for passage in told.passages:
        typer.echo(f"相同段落：{' '.join(passage.split())}")
    if told.path:
        typer.echo(f"连接路径：{' → '.join(told.path)}")


def filings(tonight: Tonight, *, as_json: bool) -> None:
    """Show what a check answers, filing by filing."""
    if as_json:
        tables = {
            name: json.loads(getattr(tonight, name).to_json(orient="records"))
            for name in ("filings", "matters", "rejects")
        }
        typer.echo(
            json.dumps({**tables, "notes": tonight.run["notes"], "warnings": tonight.warnings}, ensure_ascii=False)
        )
        return
    from repeatdetect.report.words import STATUS

    for note in tonight.run["notes"]:
        typer.echo(f"提示：{note}", err=True)
    for row in tonight.filings.itertuples(index=False):
        said = f"{row.filing_id!s}：{STATUS[str(row.status)]}，事项 {row.matter_id!s} 的第 {row.repeat_no} 件"
        if row.repeat_of:
            said += (
                f"，{'疑似与' if row.status == 'review' else '对应'} {row.repeat_of!s}（概率 {row.probability:.2f}）"
            )
        typer.echo(said + ("，有新情况" if row.new_content else ""))
    for reject in tonight.rejects.itertuples(index=False):
        typer.echo(f"未纳入：第 {reject.row} 行 {reject.filing_id}".rstrip() + f"，{reject.reason}")
    typer.echo(tonight.headline)


def runs(table: pd.DataFrame, *, as_json: bool) -> None:
    """Show the runs of a store."""
    if as_json:
        typer.echo(table.to_json(orient="records", force_ascii=False))
        return
    kinds, states = {"add": "入库", "decide": "人工结论", "prepare": "重新整理"}, {"done": "", "undone": "，已撤销"}
    for row in table.itertuples(index=False):
        did = f"新件 {row.new}，更正 {row.revised}，重复件和同诉件占 {row.repeats:.0%}，待判件占 {row.reviews:.0%}，"
        if row.kind != "add":
            did = f"按新版程序整理全库 {row.known} 件，" if row.kind == "prepare" else ""
        typer.echo(
            f"第 {row.run} 次 {_local(str(row.at))} {row.who} {kinds[str(row.kind)]}：{did}"
            f"最大事项 {row.largest} 件{states[str(row.state)]}"
        )
    if not len(table):
        typer.echo("还没有运行过。")


def _local(moment: str) -> str:
    """A moment as the clock on the wall here shows it."""
    return datetime.fromisoformat(moment).astimezone().replace(tzinfo=None).isoformat(" ", "seconds")


_FIGURES = {
    "filings": "对照件数", "pairs": "对照对数", "missing": "结果中没有的", "pairwise": "成对", "b_cubed": "B³", "status": "初重判定正确率",
    "traps": "各类难点（B³）", "scored_pairs": "有概率的对数", "block_recall": "候选召回", "calibration_error": "概率校准误差",
    "calibration": "概率校准（平均概率、实际比例、权重）", "sweep": "各阈值下", "precision": "准确率", "recall": "召回率", "f1": "F1",
}  # fmt: skip


def figures(found: dict[str, Any], *, as_json: bool) -> None:
    """Show what `evaluate` found."""
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        heading = _FIGURES.get(name, name)
        if name in ("traps", "sweep"):
            typer.echo(f"{heading}：")
            for row, inner in value.items():
                typer.echo(f"  {row:<6}{_figures(inner)}")
        elif name == "calibration":
            typer.echo(f"{heading}：")
            for row in value:
                typer.echo("  " + "  ".join(f"{number:.3g}" for number in row))
        elif name == "scored":
            if value == "listed":
                typer.echo("以下只算 pairs.csv 列出的对（偏于疑难），候选召回是下限；命令末尾给出导出表可得准确值。")
        else:
            typer.echo(f"{heading}：{_figures(value) if isinstance(value, dict) else value}")


def _figures(values: dict[str, Any]) -> str:
    return "  ".join(f"{_FIGURES.get(name, name)} {value}" for name, value in values.items())
