"""What a run answers: the contract's tables for the filings that were asked about and the matters they touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.background import Background
from repeatdetect.compare import Comparable
from repeatdetect.decide import Scorer
from repeatdetect.detector import Answer, Clock, Result, conclude
from repeatdetect.history.plan import Plan
from repeatdetect.ragged import Index
from repeatdetect.settings import Settings


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
    """

    shown: Result = field(kw_only=True)
    number: int | None = field(default=None, kw_only=True)
    fresh: int = field(default=0, kw_only=True)
    revised: int = field(default=0, kw_only=True)
    known: int = field(default=0, kw_only=True)
    added: npt.NDArray[np.bool_] = field(kw_only=True)
    events: pd.DataFrame = field(kw_only=True)
    warnings: list[str] = field(default_factory=list, kw_only=True)

    @property
    def unchanged(self) -> bool:
        """Whether the store held everything already."""
        return not self.fresh + self.revised

    @property
    def headline(self) -> str:
        """What happened, in one sentence."""
        if self.unchanged:
            return f"来件 {len(self.filings)} 件在历史库中均已有且内容相同，没有改动历史库。"
        count = self.filings["status"].value_counts()
        return (
            f"来件 {len(self.filings)} 件：新件 {self.fresh}，更正 {self.revised}，库中已有 {self.known}；"
            f"重复件 {count.get('repeat', 0)}，同诉件 {count.get('joint', 0)}，初次件 {count.get('first', 0)}，"
            f"单独件 {count.get('single', 0)}，待人工判定 {count.get('review', 0)}；未纳入 {len(self.rejects)} 件。"
        )

    def write(self, out: str | Path, *, masked: bool = False) -> Path:
        """Write the contract's files and a one-page summary to a folder, replacing it only as a whole."""
        from repeatdetect.history.summary import summary
        from repeatdetect.report import write

        return write(self, Path(out), masked=masked, shown=self.shown, pages={"摘要.md": summary(self)})

    def write_outgoing(self, folder: str | Path) -> list[Path]:
        """Write the lists that leave the office, of the touched matters with all their filings."""
        return self.shown.write_outgoing(folder)


def answered(
    plan: Plan, ids: list[str], rejects: pd.DataFrame, names: dict[int, str], scorer: Scorer, settings: Settings,
    cases: pd.DataFrame | None, officials: pd.DataFrame | None, clock: Clock, background: Background,
) -> Tonight:  # fmt: skip
    """Conclude a plan for the filings asked about, in the order asked."""
    changed = [m for e in plan.settled.events for m in (e.matter, e.other) if m is not None]
    plan, wanted, told_of = _narrowed(plan, ids, changed, linked=cases is not None or officials is not None)
    matter_ids = np.array([names[m] for m in plan.matter.tolist()], dtype=object)
    position = {name: row for row, name in enumerate(plan.corpus.filings["filing_id"])}
    asked = np.array([position[name] for name in ids], np.int64)
    told = conclude(
        Comparable.of(plan.corpus), scorer, settings, plan.grouping, plan.proposed, plan.cannot, matter_ids, cases,
        officials, clock, background, told_of,
    )  # fmt: skip
    twins = [position[name] for name in told.filings["repeat_of"].iloc[asked] if name]
    wanted |= np.isin(plan.matter, plan.matter[twins])
    shown = _part(plan, told, np.flatnonzero(wanted), rejects, scorer, settings)
    rows = {row: at for at, row in reversed(list(enumerate(plan.grouping.label[asked].tolist())))}
    events = [(e.kind, names[e.matter], names.get(e.other or 0, ""), e.filings, e.reason) for e in plan.settled.events]
    revised = len(plan.incoming.replaced)
    added = pd.Index(ids, dtype=object).isin(plan.new.filings["filing_id"])
    return Tonight(
        told.filings.iloc[asked].reset_index(drop=True), shown.matters, shown.pairs, shown.links, rejects,
        plan.corpus.take(asked), np.array([rows[row] for row in plan.grouping.label[asked].tolist()], np.int64),
        settings, scorer, shown=shown, fresh=len(plan.new) - revised, revised=revised, known=len(ids) - len(plan.new), added=added,
        events=pd.DataFrame(events, columns=["kind", "matter_id", "other_id", "filings", "reason"]),
    )  # fmt: skip


def _narrowed(
    plan: Plan, ids: list[str], changed: list[int], *, linked: bool
) -> tuple[Plan, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """A plan without what has no part in the answer; rows that are shown, and those that may be shown beside them.

    Who must not have a matter may be said anywhere, so nothing is left out where officials are to be told.
    """
    matter, near = plan.matter, plan.proposed
    asked = plan.corpus.filings["filing_id"].isin(ids).to_numpy()
    wanted = np.isin(matter, [*changed, *matter[asked].tolist()])

    def beside(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        others = np.concatenate([near.left[rows[near.right]], near.right[rows[near.left]]])
        return np.asarray(rows | np.isin(matter, matter[others]))

    told_of = wanted | beside(asked)
    if linked:
        return plan, wanted, told_of
    rows = np.flatnonzero(beside(told_of))
    return plan.within(rows), wanted[rows], told_of[rows]


def _part(plan: Plan, told: Answer, rows: Index, rejects: pd.DataFrame, scorer: Scorer, settings: Settings) -> Result:
    """Result of some rows that are whole matters."""
    filings = told.filings.iloc[rows].reset_index(drop=True)
    matters = set(filings["matter_id"])
    ids = set(filings["filing_id"])
    new_row = np.full(len(plan.corpus), -1, np.int64)
    new_row[rows] = np.arange(len(rows))

    def among(table: pd.DataFrame, wanted: set[str], *columns: str) -> pd.DataFrame:
        inside: npt.NDArray[np.bool_] = np.all([table[name].isin(wanted).to_numpy() for name in columns], axis=0)
        return table[inside].reset_index(drop=True)

    return Result(
        filings, among(told.matters, matters, "matter_id"), among(told.pairs, ids, "left_id", "right_id"),
        among(told.links, matters, "matter_id"), rejects, plan.corpus.take(rows), new_row[plan.grouping.label[rows]],
        settings, scorer,
    )  # fmt: skip
