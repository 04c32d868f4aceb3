"""What the verbs of the command line do, without the command line: files in, library calls, files out."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer

import repeatdetect as rd
from repeatdetect import audit, contradictions, report
from repeatdetect import decisions as decision_files
from repeatdetect.corpus import Progress
from repeatdetect.errors import InputError, shown
from repeatdetect.jobs import uncollected

if TYPE_CHECKING:
    from repeatdetect.explain import Explanation
    from repeatdetect.review.session import Standing

_MEMBER, _MATTER = ("filing_id", "matter_id"), ("matter_id", "title", "filings")
_PAIR = ("left_id", "right_id", "probability", "decision")


def mapping(pairs: Sequence[str]) -> dict[str, str]:
    """``--map 来源列=canonical`` options as a mapping.

    Raises
    ------
    InputError
        When one has no "=".
    """
    out = {}
    for pair in pairs:
        source, found, column = pair.rpartition("=")
        if not (found and source.strip() and column.strip()):
            raise InputError(
                "E221", "--map 的写法不对", place=pair, hint="应写成 --map 来源列=标准列，如 --map 诉求=text。"
            )
        out[source.strip()] = column.strip()
    return out


def load_settings(path: Path | None, columns: Mapping[str, str] | None = None, jobs: int | None = None) -> rd.Settings:
    """Settings from a file, with what the command line says over them."""
    settings = rd.Settings.from_toml(path) if path else rd.Settings()
    return dataclasses.replace(
        settings, columns={**settings.columns, **(columns or {})}, jobs=settings.jobs if jobs is None else jobs
    )


@dataclass(frozen=True)
class Source:
    """Exports and how to read them; what `mapped` says of columns must be there, what the settings say may be."""

    command: str
    export: Sequence[Path]
    settings: rd.Settings
    mapped: Mapping[str, str]
    encoding: str | None
    sheet: str | None

    @staticmethod
    def of(
        command: str, export: Sequence[Path] | None, settings: Path | None, map_: Sequence[str] | None, encoding: str | None,
        sheet: str | None, jobs: int | None = None,
    ) -> Source:  # fmt: skip
        """From the options of a command."""
        mapped = mapping(map_ or [])
        return Source(command, export or [], load_settings(settings, mapped, jobs), mapped, encoding, sheet)

    def read(self, *, may_be_empty: bool = False) -> pd.DataFrame:
        """Canonical filings; that they were read is noted."""
        filings = rd.read_filings(
            self.export, mapping=self.mapped, encoding=self.encoding, sheet=self.sheet,
            usual=self.settings.columns, may_be_empty=may_be_empty,
        )  # fmt: skip
        noted(self.command, len(filings))
        return filings


def noted(command: str, filings: int) -> None:
    """Note that a command has read filings."""
    try:
        audit.line(command, filings)
    except OSError:
        hint = "请检查位置与权限，或用 REPEATDETECT_AUDIT 另行指定。"
        typer.echo(f"提示：审计记录写不进去（{audit.place()}），{hint}", err=True)


@uncollected()
def dedupe(
    source: Source,
    out: Path,
    *,
    cases: Path | None,
    officials: Path | None,
    outgoing: Path | None,
    decisions: Path | None,
    masked: bool,
    progress: Progress,
) -> rd.Result:
    """Read, detect, write; what can be refused is refused before the work begins."""
    report.check_target(out)
    if outgoing:
        check_outgoing(outgoing, out, cases, officials)
    decided = contradictions.check(decision_files.read_decisions(decisions), decisions.name) if decisions else None
    case_table = rd.read_cases(cases) if cases else None
    official_table = rd.read_officials(officials) if officials else None
    result = rd.detect(
        _filings(source, progress), cases=case_table, officials=official_table, decisions=decided,
        settings=source.settings, progress=progress,
    )  # fmt: skip
    result.run["inputs"] = inputs([*source.export, *filter(None, (cases, officials, decisions))])
    with ExitStack() as folders:
        write(folders, result, out, outgoing, masked=masked, progress=progress)
    return result


def _filings(source: Source, progress: Progress) -> pd.DataFrame:
    progress("read", 0, 0)
    filings = source.read()
    progress("read", len(filings), len(filings))
    return filings


def write(
    folders: ExitStack, result: rd.Result, out: Path, outgoing: Path | None, *, masked: bool, progress: Progress
) -> None:
    """Write the result's folders, which are put in place when `folders` closes: all of them, or when something fails none."""
    progress("write", 0, 0)
    folders.enter_context(result.writing(out, masked=masked))
    if outgoing:
        folders.enter_context(result.writing_outgoing(outgoing))
    progress("write", len(result.filings), len(result.filings))


def check_outgoing(folder: Path, out: Path, cases: Path | None, officials: Path | None) -> None:
    """Refuse outgoing lists that could not be written, or that would reach the wrong people.

    Raises
    ------
    InputError
        When ledger or officials' table is missing, since recusal is judged by both; when the lists and the result,
        which holds secret content, would lie in one folder; when the folder cannot be replaced.
    """
    inner, outer = folder.resolve(), out.resolve()
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise InputError("E223", "下发清单与结果放在了一起", place="--outgoing", hint="请用结果文件夹之外的文件夹。")
    report.check_outgoing(folder, judged=bool(cases and officials))


def explain(left: str, right: str, out: Path, source: Source) -> Explanation:
    """Explain a pair of a written result; only the two filings are prepared again.

    Raises
    ------
    InputError
        When the folder holds no result, or a filing is not in it or not in the exports.
    """
    from repeatdetect import corpus
    from repeatdetect.decide import Scorer
    from repeatdetect.explain import explain_rows, joining_path, said_of, same_filing, shared_passages

    if left == right:
        raise same_filing(left)
    table = report.written(out / "filings.csv", _MEMBER)
    matter = dict(zip(table["filing_id"], table["matter_id"], strict=True))
    filings = source.read()
    for name in (left, right):
        for ids, place in ((table["filing_id"], f"{out.name}/filings.csv"), (filings["filing_id"], "导出表")):
            _present(name, ids, place)
    rows = [int((filings["filing_id"] == name).to_numpy().argmax()) for name in (left, right)]
    together = matter[left] == matter[right]
    pairs = report.written(out / "pairs.csv", (*_PAIR, "reason"))
    path = joining_path(pairs, left, right) if together else []
    said, passages = said_of(pairs, left, right), shared_passages(*filings["text"].iloc[rows])
    return explain_rows(corpus.prepare(filings.iloc[rows]), Scorer.load(), 0, 1, together, path, said, passages)


@dataclass(frozen=True)
class Doubts:
    """What a sitting needs of a result: the filings, the matter of each, and the pairs nobody has decided yet."""

    texts: pd.DataFrame
    filings: pd.DataFrame
    matters: pd.DataFrame
    pairs: pd.DataFrame


def doubts(keeper: decision_files.Keeper, out: Path | None, source: Source) -> Doubts:
    """Doubtful pairs of a history that keeps decisions itself, else of a written result and its exports.

    Raises
    ------
    InputError
        When the folder is not named or holds no result, or filings of it are not in the exports; or when either is
        named beside a history.
    """
    from repeatdetect.history import History

    if isinstance(keeper, History):
        if out is not None or source.export:
            raise InputError(
                "E244", "逐对判定历史库中的件，用不着导出表和结果文件夹",
                hint="判定某次结果中的，请加上 --decisions 人工结论.csv；判定历史库中的，请去掉导出表和 --result。",
            )  # fmt: skip
        held = keeper.export(settings=source.settings)
        return Doubts(held.corpus.filings, held.filings, held.matters, _doubtful(held.pairs))
    if out is None or not source.export:
        raise InputError(
            "E244", "没有指明结果文件夹或导出表", hint="请给出导出表与 --result，或改用 --db 与 --key-file。"
        )
    filings, pairs, matters = (
        report.written(out / f"{name}.csv", columns)
        for name, columns in (("filings", _MEMBER), ("pairs", _PAIR), ("matters", _MATTER))
    )
    texts = source.read()
    pairs = _doubtful(pairs)
    for name in pd.concat([pairs["left_id"], pairs["right_id"]]):
        _present(name, texts["filing_id"], "导出表")
    return Doubts(texts, filings, matters, pairs)


def _doubtful(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs[pairs["decision"] == "review"].astype({"probability": float})


def review(
    doubts: Doubts,
    keeper: decision_files.Keeper,
    who: str,
    *,
    masked: bool,
    port: int,
    browser: bool,
    opened: Callable[[str], None],
) -> Standing:
    """Let a person decide doubtful pairs on a local page; ends when interrupted.

    Returns
    -------
    Standing
        Where the sitting stood when it ended.

    Raises
    ------
    InputError
        When the parts that serve a page are not installed, or the port is taken.
    """
    try:
        from repeatdetect.review.serve import serve
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise InputError(
            "E240", "没有安装逐对判定页面的组件", place=error.name, hint='请运行 pip install "repeatdetect[review]"。'
        ) from error
    from repeatdetect.review.picture import Desk
    from repeatdetect.review.queue import Questions
    from repeatdetect.review.session import Session

    matter_of = dict(zip(doubts.filings["filing_id"], doubts.filings["matter_id"], strict=True))
    session = Session(Questions(doubts.pairs, matter_of), keeper, who)
    desk = Desk(doubts.texts, matter_of, doubts.matters, masked=masked)
    serve(session, desk, masked=masked, port=port, browser=browser, opened=opened)
    return session.standing()


def evaluate(result: Path, gold: Path, source: Source) -> dict[str, Any]:
    """Figures of a written result against gold; with exports every pair is scored anew."""
    return rd.evaluate(result, gold, source.read() if source.export else None)


def _present(name: str, ids: pd.Series[str], place: str) -> None:
    if not (ids == name).any():
        raise InputError("E130", f"没有编号为 {name} 的信访件", place=place, hint="请核对编号与导出表。")


def inputs(paths: Iterable[Path]) -> list[dict[str, str]]:
    """What ``run.json`` says of the files that were read."""
    return [{"name": shown(path.name), "sha256": _digest(path)} for path in paths]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
