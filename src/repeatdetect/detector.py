"""The whole way of the data, one line a stage: read `detect` and you have read the program."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import cases as case_stage
from repeatdetect import corpus as corpus_stage
from repeatdetect import filings as canonical_table
from repeatdetect import handed, ledger, petitioners, repeats
from repeatdetect import matters as matter_stage
from repeatdetect import quarantine as quarantine_stage
from repeatdetect.background import Background
from repeatdetect.comparable import Comparable
from repeatdetect.compare import EVIDENCE
from repeatdetect.compared import Compared, close_apart
from repeatdetect.contradictions import check
from repeatdetect.corpus import Corpus, Progress
from repeatdetect.decide import Scorer
from repeatdetect.decisions import that_count, unknown
from repeatdetect.grounds import Across
from repeatdetect.honour import Decided, constraints, honour
from repeatdetect.jobs import trim_heap, uncollected
from repeatdetect.manifest import describe
from repeatdetect.propose import block_keys, proposals
from repeatdetect.ragged import Doubles, Index
from repeatdetect.scoring import Proposed, score_pairs
from repeatdetect.settings import Settings
from repeatdetect.thresholds import Thresholds
from repeatdetect.wholes import Weigher

if TYPE_CHECKING:
    from repeatdetect.explain import Explanation


FILING_COLUMNS = (
    "filing_id", "matter_id", "status", "repeat_of", "repeat_no", "probability", "relation", "same_petitioner",
    "new_content", "after_closure", "case_id", "lead_official", "responsible_official", "link_note",
)  # fmt: skip
MATTER_COLUMNS = (
    "matter_id", "title", "filings", "named_petitioners", "anonymous_filings", "first_date", "last_date", "channels",
    "accused", "place", "case_id", "lead_official", "responsible_official", "link_note",
)  # fmt: skip
PAIR_COLUMNS = ("left_id", "right_id", "probability", "decision", "reason", *EVIDENCE)


@dataclass
class Result:
    """Answer of `detect`; the DataFrames have the columns of the output contract.

    Attributes
    ----------
    filings, matters, pairs, links, rejects : DataFrame
    corpus : Corpus
        The prepared filings, rows as in ``filings``.
    label : int64, shape (n,)
        Row of the first filing of each filing's matter.
    settings : Settings
    scorer : Scorer
    run : dict
        Version, settings, model, counts, stage timings: what ``run.json`` holds. No content.
    cases : DataFrame or None
        The ledger, where the result holds all filings there are to be counted for it.
    judged : bool
        Whether ledger and officials' table were both given: recusal is judged by both, and without it no list leaves the
        office.
    """

    filings: pd.DataFrame
    matters: pd.DataFrame
    pairs: pd.DataFrame
    links: pd.DataFrame
    rejects: pd.DataFrame
    corpus: Corpus
    label: Index
    settings: Settings
    scorer: Scorer
    run: dict[str, Any] = field(default_factory=dict)
    cases: pd.DataFrame | None = None
    judged: bool = False

    def explain(self, left_id: str, right_id: str) -> Explanation:
        """Why two filings are, or are not, one matter; see `repeatdetect.explain.explain`."""
        from repeatdetect.explain import explain

        return explain(self, left_id, right_id)

    def write(self, out: str | Path, *, masked: bool = False) -> Path:
        """Write every file of the output contract to a folder, replacing it only as a whole."""
        with self.writing(out, masked=masked):
            return Path(out).resolve()

    def writing(self, out: str | Path, *, masked: bool = False) -> AbstractContextManager[None]:
        """As `write`, but the folder is put in place when the block ends, and only if it ends well."""
        from repeatdetect.report import writing

        return writing(self, Path(out), masked=masked)

    def writing_outgoing(self, folder: str | Path) -> AbstractContextManager[None]:
        """As `write_outgoing`, but the folder is put in place when the block ends, and only if it ends well."""
        from repeatdetect.report import writing_outgoing

        return writing_outgoing(self, Path(folder))

    def write_outgoing(self, folder: str | Path) -> list[Path]:
        """Write the lists that leave the office: one workbook a lead official, township and handling department.

        Raises
        ------
        InputError
            When ledger or officials' table was not given, or the folder holds anything else.
        """
        with self.writing_outgoing(folder):
            pass
        return sorted(Path(folder).resolve().iterdir())


class Clock:
    """Seconds a stage took, and progress passed on."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress

    def tell(self, name: str, done: int, total: int) -> None:
        """Pass progress on."""
        if self._progress:
            self._progress(name, done, total)

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """A part of a stage."""
        start = time.perf_counter()
        yield
        trim_heap()
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[None]:
        """A whole stage."""
        self.tell(name, 0, total)
        with self.lap(name):
            yield
        self.tell(name, total, total)


def detect(
    filings: pd.DataFrame,
    cases: pd.DataFrame | None = None,
    officials: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Result:
    """Find one complaint behind many filings.

    Parameters
    ----------
    filings : DataFrame
        From `read_filings`, or any table with canonical columns.
    cases, officials : DataFrame, optional
        From `read_cases` and `read_officials`.
    decisions : DataFrame, optional
        Confirmed and rejected pairs: left_id, right_id, decision (``same`` | ``different``, or 同一事项 | 不同事项).
        They hold whatever the evidence says; those that contradict each other, lack an id or say anything else are an
        error, those on filings that are not here are noted.
    settings : Settings, optional
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Result
        One row a filing in input order; the same for any row order, process count or hash seed.

    Raises
    ------
    InputError
        When an argument is no such table, lacks columns, or holds decisions that contradict each other.
    """
    handed.check(filings, cases, officials, decisions, settings)
    cases, officials = handed.linked(cases, officials)
    settings = settings or Settings()
    scorer = Scorer.load()
    clock = Clock(progress)
    decided = check(that_count(decisions, "decisions")) if decisions is not None else None
    with clock.stage("prepare", len(filings)):
        table = canonical_table.canonical(filings)
        del filings  # as all that is not needed any more: of a million filings each table of pointers is 200 MB
        notes = [*table.attrs["notes"], *unknown(decided, table["filing_id"])]
        table, set_apart = quarantine_stage.quarantine(table, settings)
        rejects = [*table.attrs.get("rejects", []), *set_apart]
        rows = canonical_table.canonical_rows(table)
        order = np.argsort(rows)
        corpus = corpus_stage.prepare(table.iloc[rows], jobs=settings.processes)
        del table
    data, proposed, capped = _proposed(corpus, scorer, settings.processes, clock)
    with clock.stage("group", len(corpus)):
        must, cannot = constraints(decided, corpus.filings["filing_id"])
        thresholds = Thresholds.of(settings, scorer, len(corpus))
        grouping = regroup(data, scorer, thresholds, settings.processes, proposed, must, cannot)
    matter_ids = _matter_ids(corpus.filings["filing_id"].to_numpy(), grouping.label)
    across = across_matters(thresholds, grouping.label, proposed, cannot)
    with clock.lap("classify"):
        linked = cases is not None or officials is not None
        close = close_apart(proposed, grouping.label, cannot) if linked else None
        del proposed
        compared = Compared.of(data, scorer, grouping, across, cannot, close)
        del data, across
    answer = conclude(corpus, compared, grouping, matter_ids, settings, cases, officials, clock)
    del compared
    result = Result(
        answer.filings.iloc[order].reset_index(drop=True),
        answer.matters,
        answer.pairs,
        answer.links,
        pd.DataFrame(rejects, columns=list(quarantine_stage.REJECTS)),
        corpus.take(order),
        rows[grouping.label][order],
        settings,
        scorer,
        cases=cases,
        judged=answer.judged,
    )
    result.run = describe(result, clock, capped, [*notes, *ledger.notes(cases, officials)])
    return result


def _proposed(
    corpus: Corpus, scorer: Scorer, threads: int, clock: Clock
) -> tuple[Comparable, Proposed, dict[str, int]]:
    """Propose pairs and compare them, some filings at a time; also which keys were too common.

    The corpus is released: its features live on only as they are compared.
    """
    total = len(corpus)
    clock.tell("compare", 0, total)
    with clock.lap("propose"):
        looking = proposals(block_keys(corpus, threads), threads)
    with clock.lap("compare"):
        data = Comparable.of(corpus, release=True)
    parts: list[Proposed] = []
    capped: dict[str, int] = {}
    while True:
        with clock.lap("propose"):
            pairs = next(looking, None)
        if pairs is None:
            break
        with clock.lap("compare"):
            parts.append(Proposed.of(data, scorer, pairs.left, pairs.right, threads))
        capped = pairs.capped
        clock.tell("compare", int(pairs.right.max(initial=0)), total)
    clock.tell("compare", total, total)
    return data, Proposed.concat(parts), capped


@dataclass(frozen=True)
class Answer:
    """Tables of the contract, ``filings`` with rows as in the corpus; `judged` as in `Result`."""

    filings: pd.DataFrame
    matters: pd.DataFrame
    pairs: pd.DataFrame
    links: pd.DataFrame
    judged: bool


def regroup(
    data: Comparable,
    scorer: Scorer,
    thresholds: Thresholds,
    threads: int,
    proposed: Proposed,
    must: Decided,
    cannot: Decided,
) -> matter_stage.Grouping:
    """Matters of filings from their proposed pairs and the decisions of people."""

    def score(i: Index, j: Index, least: float = -np.inf) -> Doubles:
        out = score_pairs(data, scorer, i, j, least, threads=threads)
        trim_heap()  # what was held to compare: among a million filings it would add up to 2 GiB
        return out

    weight = matter_stage.telling(data.corpus.scalars["length"])
    grouping = matter_stage.group(
        len(data.corpus), proposed.left, proposed.right, proposed.score, partial(score, least=matter_stage.LEAST),
        threshold=thresholds.same, look=thresholds.look, weight=weight,
        tie=pd.util.hash_array(data.corpus.filings["filing_id"].to_numpy(object)),
        weigh=Weigher.of(data, weight, scorer),
    )  # fmt: skip
    return honour(grouping, must, cannot, score)


def across_matters(thresholds: Thresholds, label: Index, proposed: Proposed, cannot: Decided) -> Across:
    """Pairs across two matters that people should know of."""
    return Across.of(label, proposed.left, proposed.right, proposed.score, thresholds.review, cannot)


def conclude(
    corpus: Corpus,
    compared: Compared,
    grouping: matter_stage.Grouping,
    matter_ids: npt.NDArray[Any],
    settings: Settings,
    cases: pd.DataFrame | None,
    officials: pd.DataFrame | None,
    clock: Clock,
    background: Background | None = None,
    wanted: npt.NDArray[np.bool_] | None = None,
) -> Answer:
    """From matters to the tables of the contract: who repeats whom, what is new, whose case.

    What is new is told in the matters of the `wanted` rows (default: all); `background` is what more filings than these
    tell together.
    """
    pairs = compared.pairs
    with clock.stage("classify", len(corpus)):
        own = pairs["probability"].to_numpy()[: len(grouping.left)]  # grouping holds them clipped: none outvotes many
        classified = repeats.classify(
            corpus, grouping.label, grouping.left, grouping.right, own, compared.twins, wanted=wanted,
            jobs=settings.processes,
        )  # fmt: skip
    with clock.stage("link", len(corpus)), uncollected():
        linked = case_stage.link(
            corpus, matter_ids, classified["new_content"].tolist(), compared.near, compared.words, cases, officials,
            settings, background,
        )  # fmt: skip
    ids = corpus.filings["filing_id"].to_numpy()
    filing_table = _filing_table(ids, matter_ids, classified, linked.filings)
    judged = cases is not None and officials is not None
    return Answer(filing_table, _matter_table(corpus, matter_ids, linked), pairs, linked.links, judged)


def _matter_ids(ids: npt.NDArray[Any], label: Index) -> npt.NDArray[Any]:
    made = {int(row): matter_stage.matter_id(ids[row]) for row in np.unique(label)}
    return np.array([made[int(row)] for row in label], dtype=object)


def _filing_table(
    ids: npt.NDArray[Any], matter_ids: npt.NDArray[Any], classified: pd.DataFrame, linked: pd.DataFrame
) -> pd.DataFrame:
    out = classified.reset_index(drop=True).join(linked)
    of = out["repeat_of"].to_numpy()
    out["repeat_of"] = np.where(of >= 0, ids[np.maximum(of, 0)], "") if len(out) else []
    out["filing_id"], out["matter_id"] = ids, matter_ids
    return out[list(FILING_COLUMNS)]


def _matter_table(corpus: Corpus, matter_ids: npt.NDArray[Any], linked: case_stage.Links) -> pd.DataFrame:
    """One row a matter, the largest first."""
    f = corpus.filings
    anonymous = corpus.scalars["named"] == 0
    work = pd.DataFrame(
        {
            "matter_id": matter_ids, "date": f["date"], "anonymous": anonymous,
            "who": corpus.petitioners, "channel": f["channel"],
        }
    )  # fmt: skip
    groups = work.groupby("matter_id", sort=False)
    out = pd.DataFrame(
        {
            "filings": groups.size(),
            "named_petitioners": groups["who"].agg(petitioners.people),
            "anonymous_filings": groups["anonymous"].sum().astype(int),
            "first_date": groups["date"].min().dt.strftime("%Y-%m-%d").fillna(""),
            "last_date": groups["date"].max().dt.strftime("%Y-%m-%d").fillna(""),
            "channels": groups["channel"].agg(lambda names: "、".join(sorted(set(names) - {""}))),
        }
    ).reset_index()
    out = out.merge(linked.matters, on="matter_id", how="left", validate="1:1")
    out = out.sort_values(["filings", "first_date", "matter_id"], ascending=[False, True, True], kind="stable")
    return out[list(MATTER_COLUMNS)].reset_index(drop=True)
