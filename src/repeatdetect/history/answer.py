"""What a run answers: the contract's tables for the filings that were asked about and the matters they touch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select

from repeatdetect.background import Background
from repeatdetect.comparable import Comparable
from repeatdetect.compared import Compared, close_apart
from repeatdetect.corpus import Corpus
from repeatdetect.decide import Scorer
from repeatdetect.detector import Answer, Clock, Result, across_matters, conclude
from repeatdetect.history import schema
from repeatdetect.history.plan import Plan
from repeatdetect.history.records import Records, asked
from repeatdetect.ragged import Index
from repeatdetect.settings import Settings

EVENTS = ("kind", "matter_id", "other_id", "filings", "reason")


@dataclass(frozen=True)
class Night:
    """A night that is in the store already: its number, and ``added``, ``events`` and ``warnings`` as in `Tonight`."""

    number: int
    added: npt.NDArray[np.bool_]
    events: pd.DataFrame
    warnings: list[str]


@dataclass
class Tonight(Result):
    """Answer of `History.add` and `History.check`: a `Result` whose filings are those asked about.

    Attributes
    ----------
    shown : Result
        The touched matters with all their filings: what page and workbook show.
    number : int or None
        The run; None when nothing was written.
    fresh, revised, known : int
        Filings that were new, corrected, already there as they are.
    added : bool, shape (n,)
        Which of the filings were new or corrected.
    events : DataFrame
        ``kind, matter_id, other_id, filings, reason``.
    warnings : list of str
        What a person should look at before using the answer.
    held_back : list of str
        Filings that were set apart now and stand in the store since an earlier night.
    again : Night or None
        The last night, to be told again, when these filings changed nothing and some of them came with it.
    everyone : callable or None
        Gives who filed what the store holds: in a masked report they are hidden, too.
    """

    shown: Result = field(kw_only=True)
    number: int | None = field(default=None, kw_only=True)
    fresh: int = field(default=0, kw_only=True)
    revised: int = field(default=0, kw_only=True)
    known: int = field(default=0, kw_only=True)
    added: npt.NDArray[np.bool_] = field(kw_only=True)
    events: pd.DataFrame = field(kw_only=True)
    warnings: list[str] = field(default_factory=list, kw_only=True)
    held_back: list[str] = field(default_factory=list, kw_only=True)
    again: Night | None = field(default=None, kw_only=True)
    everyone: Callable[[], pd.DataFrame] | None = field(default=None, kw_only=True, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "everyone": None}  # it holds the store

    @property
    def unchanged(self) -> bool:
        """Whether the store held everything already."""
        return not self.fresh + self.revised

    @property
    def all_warnings(self) -> list[str]:
        """``warnings``, and those of the night that is told again."""
        return [*self.warnings, *(self.again.warnings if self.again else [])]

    @property
    def headline(self) -> str:
        """What happened, in one sentence."""
        if self.unchanged:
            known = (
                f"来件 {len(self.filings)} 件在历史库中均已有且内容相同" if len(self.filings) else "没有可以入库的来件"
            )
            return f"{known}，没有改动历史库" + (f"；未纳入 {len(self.rejects)} 件。" if len(self.rejects) else "。")
        count = self.filings["status"].value_counts()
        return (
            f"来件 {len(self.filings)} 件：新件 {self.fresh}，更正 {self.revised}，库中已有 {self.known}；"
            f"重复件 {count.get('repeat', 0)}，同诉件 {count.get('joint', 0)}，初次件 {count.get('first', 0)}，"
            f"单独件 {count.get('single', 0)}，待判件 {count.get('review', 0)}；"
            f"“待判”表中有 {self.run['counts']['review_pairs']} 对；未纳入 {len(self.rejects)} 件。"
        )

    def writing(self, out: str | Path, *, masked: bool = False) -> AbstractContextManager[None]:
        """The contract's files and a one-page summary; see `Result.writing`."""
        from repeatdetect.history.summary import summary
        from repeatdetect.report import writing

        pages = {"摘要.md": lambda content: summary(self, content)}
        return writing(self, Path(out), masked=masked, shown=self.shown, pages=pages, others=self.everyone)

    def writing_outgoing(self, folder: str | Path) -> AbstractContextManager[None]:
        """The lists that leave the office, of the touched matters with all their filings."""
        from repeatdetect.report import writing_outgoing

        return writing_outgoing(self.shown, Path(folder), others=self.everyone)


def answered(
    plan: Plan, records: Records, ids: list[str], rejects: pd.DataFrame, names: dict[int, str], scorer: Scorer,
    settings: Settings, cases: pd.DataFrame | None, officials: pd.DataFrame | None, clock: Clock,
    background: Background | None,
) -> Tonight:  # fmt: skip
    """Conclude a plan for the filings asked about, in the order asked; without a `background` it is that of the plan's."""
    across = across_matters(plan.thresholds, plan.grouping.label, plan.proposed, plan.cannot)
    twins = {row: twin for row, (twin, _) in across.twins().items()}
    wanted = _wanted(plan, twins, ids)
    if cases is None and officials is None:  # else who must not have a matter may be said in any filing
        rows = np.flatnonzero(wanted)
        rows = np.union1d(rows, [twins[row] for row in rows.tolist() if row in twins]).astype(np.int64)
        plan, across, wanted = plan.within(rows), across.within(rows, len(plan.ids)), wanted[rows]
    matter_ids = np.array([names[m] for m in plan.matter.tolist()], dtype=object)
    corpus = records.load(plan.numbers)
    with clock.lap("classify"):
        linked = cases is not None or officials is not None
        data = Comparable.of(corpus)
        close = close_apart(plan.proposed, plan.grouping.label, plan.cannot) if linked else None
        compared = Compared.of(data, scorer, plan.grouping, across, plan.cannot, close)
        del data
    told = conclude(corpus, compared, plan.grouping, matter_ids, settings, cases, officials, clock, background, wanted)
    shown = _part(plan, corpus, told, np.flatnonzero(wanted), rejects, scorer, settings)
    asked = pd.Index(plan.ids).get_indexer(pd.Index(ids, dtype=object))
    firsts = {row: at for at, row in reversed(list(enumerate(plan.grouping.label[asked].tolist())))}
    events = [(e.kind, names[e.matter], names.get(e.other or 0, ""), e.filings, e.reason) for e in plan.settled.events]
    revised = len(plan.incoming.replaced)
    added = pd.Index(ids, dtype=object).isin(plan.new.filings["filing_id"])
    return Tonight(
        told.filings.iloc[asked].reset_index(drop=True), shown.matters, shown.pairs, shown.links, rejects,
        corpus.take(asked), np.array([firsts[row] for row in plan.grouping.label[asked].tolist()], np.int64),
        settings, scorer, shown=shown, fresh=len(plan.new) - revised, revised=revised, known=len(ids) - len(plan.new), added=added,
        events=pd.DataFrame(events, columns=list(EVENTS)),
    )  # fmt: skip


def _wanted(plan: Plan, twins: dict[int, int], ids: list[str]) -> npt.NDArray[np.bool_]:
    """Rows that are shown: whole matters that changed, hold what was asked about, or the twin of such a filing that is alone."""
    changed = [m for e in plan.settled.events for m in (e.matter, e.other) if m is not None]
    asked = pd.Index(plan.ids).isin(ids)
    alone = np.bincount(plan.grouping.label, minlength=len(plan.ids))[plan.grouping.label] == 1
    beside = [twins[row] for row in np.flatnonzero(asked & alone).tolist() if row in twins]
    return np.isin(plan.matter, [*changed, *plan.matter[asked].tolist(), *plan.matter[beside].tolist()])


def _part(
    plan: Plan, corpus: Corpus, told: Answer, rows: Index, rejects: pd.DataFrame, scorer: Scorer, settings: Settings
) -> Result:
    """Result of some rows that are whole matters."""
    filings = told.filings.iloc[rows].reset_index(drop=True)
    matters = set(filings["matter_id"])
    ids = set(filings["filing_id"])
    new_row = np.full(len(corpus), -1, np.int64)
    new_row[rows] = np.arange(len(rows))

    def among(table: pd.DataFrame, wanted: set[str], *columns: str) -> pd.DataFrame:
        inside: npt.NDArray[np.bool_] = np.all([table[name].isin(wanted).to_numpy() for name in columns], axis=0)
        return table[inside].reset_index(drop=True)

    return Result(
        filings, among(told.matters, matters, "matter_id"), among(told.pairs, ids, "left_id", "right_id"),
        among(told.links, matters, "matter_id"), rejects, corpus.take(rows), new_row[plan.grouping.label[rows]],
        settings, scorer, judged=told.judged,
    )  # fmt: skip


def last_night(connection: Connection, tonight: Tonight, number_of: Mapping[str, int]) -> Night | None:
    """The last run that added filings, as far as it concerns those asked about; None when it brought none of them.

    Parameters
    ----------
    connection : Connection
    tonight : Tonight
    number_of : mapping of str to int
        Number of each filing by id.
    """
    runs, filed, events = schema.runs, schema.filings, schema.events
    query = select(runs.c.run, runs.c.manifest).where(runs.c.state == "done", runs.c.kind == "add")
    found = connection.execute(query.order_by(runs.c.run.desc()).limit(1)).first()
    if found is None:
        return None
    run, manifest = found
    brought = set(connection.scalars(select(filed.c.n).where(filed.c.run_from == run, filed.c.run_to.is_(None))))
    added = np.array([number_of[name] in brought for name in tonight.filings["filing_id"]], bool)
    if not added.any():
        return None
    told = connection.execute(select(events).where(events.c.run == run)).all()
    matters = schema.matters
    query = select(matters.c.seq, matters.c.matter_id)
    names = dict(
        map(tuple, asked(connection, query, matters.c.seq, {m for e in told for m in (e.matter, e.other)} - {None}))
    )
    rows = [(e.kind, names[e.matter], names.get(e.other, ""), e.filings, e.reason) for e in told]
    return Night(run, added, pd.DataFrame(rows, columns=list(EVENTS)), json.loads(manifest).get("warnings", []))
