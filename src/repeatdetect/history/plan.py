"""What a run would do to the store, worked out without writing anything.

Tonight's filings find their candidates through the index; what these touch — the likeliest matters, and what pairs worth
looking at connect with them, in measure of how many are new — is grouped anew by the very code that groups a whole
export. So a night costs what it touches and ends where all at once would have ended (of a store beyond ``AS_A_WHOLE``: nearly). `check` and
``--dry-run`` are a plan that is not written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection

from repeatdetect import filings as canonical_table
from repeatdetect import matters as matter_stage
from repeatdetect import propose
from repeatdetect.comparable import Comparable
from repeatdetect.contradictions import LATER, latest
from repeatdetect.corpus import Corpus
from repeatdetect.decide import Scorer
from repeatdetect.detector import Clock, regroup
from repeatdetect.history.identity import Names, Settled, settle
from repeatdetect.history.index import SegmentIndex
from repeatdetect.history.pool import AS_A_WHOLE, Change, proposed_among
from repeatdetect.history.reach import Reach
from repeatdetect.history.records import Incoming, Records
from repeatdetect.history.state import Edge, State
from repeatdetect.honour import Decided, constraints
from repeatdetect.jobs import PARALLEL_FROM
from repeatdetect.ragged import Index, Ragged, rows_of_each
from repeatdetect.scoring import KEEP, Proposed
from repeatdetect.settings import Settings
from repeatdetect.thresholds import Thresholds

YEAR = 500  # filings of a store that are all grouped anew: what a county receives in a year
LOOKED_AT_WHOLE = 5000  # filings of a store that are all looked at for cases and officials


@dataclass(frozen=True)
class Plan:
    """A run, worked out.

    Attributes
    ----------
    run : int
        Its number; another run in between is thereby found out.
    incoming : Incoming
    new : Corpus
        The filings to be added, in canonical order.
    fresh : int64, shape (len(new),)
        Their numbers.
    keys : Ragged
        Their block keys.
    capped : dict
        Keys too common to propose by.
    pairs : Proposed
        Compared pairs to be remembered; numbers of filings.
    ids : ndarray of str, shape (n,)
        Everything touched or asked about, in canonical order.
    numbers : int64, shape (n,)
    thresholds : Thresholds
        Those by which these were grouped.
    grouping : Grouping
        Of these.
    proposed : Proposed
        Remembered pairs among them; rows.
    cannot : sequence of (row, row)
    settled : Settled
        Matters of what was grouped anew.
    before : dict
        Filing -> matter as it was, corrected filings by their new number.
    matter : int64, shape (n,)
    edges, old_edges : dict
        Matter -> edges that hold it together, now and before, of what was grouped anew.
    """

    run: int
    incoming: Incoming
    new: Corpus
    fresh: Index
    keys: Ragged
    capped: dict[str, int]
    pairs: Proposed
    ids: npt.NDArray[Any]
    numbers: Index
    thresholds: Thresholds
    grouping: matter_stage.Grouping
    proposed: Proposed
    cannot: Decided
    settled: Settled
    before: dict[int, int]
    matter: Index
    edges: dict[int, set[Edge]]
    old_edges: dict[int, set[Edge]]

    def within(self, rows: Index) -> Plan:
        """What the plan says of some whole matters (rows ascending), as far as answers need it."""
        at = np.full(len(self.ids), -1, np.int64)
        at[rows] = np.arange(len(rows))
        held, near = self.grouping, self.proposed
        tied = (at[held.left] >= 0) & (at[held.right] >= 0)
        alike = (at[near.left] >= 0) & (at[near.right] >= 0)
        return replace(
            self,
            ids=self.ids[rows],
            numbers=self.numbers[rows],
            grouping=matter_stage.Grouping(
                at[held.label[rows]], at[held.left[tied]], at[held.right[tied]], held.score[tied]
            ),
            proposed=Proposed(at[near.left[alike]], at[near.right[alike]], near.score[alike]),
            cannot=[(int(at[a]), int(at[b])) for a, b in self.cannot if at[a] >= 0 and at[b] >= 0],
            matter=self.matter[rows],
        )


class Planner:
    """Works runs out on one moment of a store.

    Parameters
    ----------
    connection : Connection
    records : Records
    state : State
    index : SegmentIndex
    scorer : Scorer
    settings : Settings
    """

    def __init__(
        self, connection: Connection, records: Records, state: State, index: SegmentIndex, scorer: Scorer,
        settings: Settings,
    ) -> None:  # fmt: skip
        self._connection, self._records, self._state, self._index = connection, records, state, index
        self._scorer, self._settings = scorer, settings

    def plan(
        self, table: pd.DataFrame, decisions: pd.DataFrame, spoken_of: set[str], clock: Clock, *, linked: bool
    ) -> Plan:
        """Work out what some filings and decisions change.

        Parameters
        ----------
        table : DataFrame
            Canonical filings; those the store holds as they are change nothing.
        decisions : DataFrame
            All that count, the new ones among them.
        spoken_of : set of str
            Ids that the new decisions speak of.
        clock : Clock
        linked : bool
            Whether cases and officials are to be told. Whom a matter must not reach may be said in any filing of its
            township, so a store of up to ``LOOKED_AT_WHOLE`` filings is then looked at as a whole.
        """
        settings, records, state = self._settings, self._records, self._state
        with clock.stage("prepare", len(table)):
            incoming = records.receive(table, settings.processes)
        new, fresh = records.new, incoming.number[incoming.changes]
        replaced = set(incoming.replaced.values())
        gone = records.gone() | replaced
        with clock.stage("propose", len(new)):
            keys = propose.block_keys(new)
            held, change = records.count(), None
            if held + len(new) <= AS_A_WHOLE:
                pool = self._index.pool(self._connection, records, settings.processes)
                change = Change.of(pool, new, fresh, keys, replaced, state, settings.processes)
            near = self._index.near
            found = change.found if change else near(self._connection, keys, fresh, gone, settings.processes)
        with clock.stage("compare", len(found)):
            pairs = self._compared(found)
        with clock.stage("group", len(new)):
            thresholds = Thresholds.of(settings, self._scorer, held + len(new) - len(replaced))
            look = thresholds.look
            reach = Reach(state, pairs.at_least(look), look, gone, self._bound(decisions, incoming))
            moved = change.stirred(state, pairs, look) if change else set()
            touched = reach.touched(fresh, replaced, moved.union(records.numbers(spoken_of).values()))
            if len(new) and (held <= YEAR or thresholds != Thresholds.of(settings, self._scorer, held)):
                touched |= self._all() - gone
            everything = touched | self._beside(set(incoming.number.tolist()) - touched, gone)
            if linked and held <= LOOKED_AT_WHOLE:
                everything |= self._all() - gone
            told, numbers = self._in_order(everything)
            ids = told["filing_id"].to_numpy(object)
            proposed = proposed_among(state, numbers, pairs, change.after if change else None)
            must, cannot = constraints(decisions, ids)
            before = self._before(numbers, incoming)
            inner = np.isin(numbers, np.fromiter(touched, np.int64, len(touched)))
            mine, row = numbers[inner], np.where(inner, np.cumsum(inner) - 1, -1)
            grouping = self._regroup(records.corpus(told[inner], mine), row, proposed, must, cannot, thresholds)
            settled, edges, old_edges = self._settle(ids[inner], mine, grouping, before, incoming)
        matter = np.array([settled.matter[n] if n in settled.matter else before[n] for n in numbers.tolist()], np.int64)
        as_they_were = state.holds(matter[~inner].tolist())
        whole = grouped(matter, numbers, {**as_they_were, **edges})
        return Plan(
            state.next_run(), incoming, new, fresh, keys, found.capped, pairs, ids, numbers, thresholds, whole, proposed, cannot,
            settled, before, matter, edges, old_edges,
        )  # fmt: skip

    def anew(self, decisions: pd.DataFrame, clock: Clock) -> Plan:
        """Work out everything again from the originals, as if another version of the program had prepared nothing.

        Parameters
        ----------
        decisions : DataFrame
            All that count.
        clock : Clock
        """
        settings, records, state = self._settings, self._records, self._state
        with clock.stage("prepare", 0):
            corpus, numbers = records.reread(settings.processes)
        with clock.stage("propose", len(corpus)):
            keys = propose.block_keys(corpus)
            found = propose.Pairs.concat(propose.proposals(keys, settings.processes))
        with clock.stage("compare", len(found)):
            proposed = Proposed.of(Comparable.of(corpus), self._scorer, found.left, found.right)
        with clock.stage("group", len(corpus)):
            ids = corpus.filings["filing_id"].to_numpy(object)
            must, cannot = constraints(decisions, ids)
            before = state.matter_of(numbers.tolist())
            thresholds = Thresholds.of(settings, self._scorer, len(corpus))
            grouping = self._regroup(corpus, np.arange(len(corpus)), proposed, must, cannot, thresholds)
            nothing = records.receive(corpus.filings.head(0), 1)
            settled, edges, old_edges = self._settle(ids, numbers, grouping, before, nothing)
        matter = np.array([settled.matter[n] for n in numbers.tolist()], np.int64)
        one, other = numbers[proposed.left], numbers[proposed.right]
        pairs = Proposed(np.minimum(one, other), np.maximum(one, other), proposed.score)
        return Plan(
            state.next_run(), nothing, corpus, numbers, keys, found.capped, pairs, ids, numbers, thresholds, grouping, proposed, cannot, settled,
            before, matter, edges, old_edges,
        )  # fmt: skip

    def _all(self) -> set[int]:
        return set(self._records.all().tolist())

    def _beside(self, asked: set[int], gone: set[int]) -> set[int]:
        """Filings asked about that nothing changes, what they resemble, and the matters of these."""
        shown = asked | (self._state.partners(asked, KEEP).keys() - gone)
        return shown | (self._state.members(self._state.matter_of(shown).values()) - gone)

    def _before(self, numbers: Index, incoming: Incoming) -> dict[int, int]:
        """Filing -> matter as it was, corrected filings by their new number."""
        was = self._state.matter_of(incoming.replaced.values())
        corrected = {n: was[replaced] for n, replaced in incoming.replaced.items()}
        return self._state.matter_of(numbers.tolist()) | corrected

    def _compared(self, found: propose.Pairs) -> Proposed:
        """Scores of the proposed pairs, those worth remembering."""
        numbers = np.unique(np.concatenate([found.left, found.right]))
        if not len(numbers):
            return Proposed(found.left, found.right, np.empty(0))
        data = Comparable.of(self._records.corpus(pd.DataFrame(index=range(len(numbers))), numbers))
        left, right = np.searchsorted(numbers, found.left), np.searchsorted(numbers, found.right)
        near = Proposed.of(data, self._scorer, left, right)
        return Proposed(numbers[near.left], numbers[near.right], near.score)

    def _bound(self, decisions: pd.DataFrame, incoming: Incoming) -> dict[int, set[int]]:
        """Filings that decisions speak of together, through whatever filings."""
        ids = dict(zip(incoming.table["filing_id"], incoming.number.tolist(), strict=True))
        classes: dict[str, set[str]] = {}
        for left, right in zip(decisions["left_id"], decisions["right_id"], strict=True):
            joined = classes.get(left, {left}) | classes.get(right, {right})
            classes |= dict.fromkeys(joined, joined)
        known = self._records.numbers(classes) | {name: ids[name] for name in classes if name in ids}
        return {n: {known[other] for other in classes[name] if other in known} for name, n in known.items()}

    def _in_order(self, numbers: set[int]) -> tuple[pd.DataFrame, Index]:
        """Ids and dates of filings in canonical order, and their numbers."""
        some = np.array(sorted(numbers), np.int64)
        table = self._records.table(some, ("filing_id", "date"))
        order = canonical_table.canonical_rows(table)
        return table.iloc[order].reset_index(drop=True), some[order]

    def _regroup(
        self, corpus: Corpus, row: Index, proposed: Proposed, must: Decided, cannot: Decided, thresholds: Thresholds
    ) -> matter_stage.Grouping:
        """Matters of a corpus, given where each row is in it (-1: nowhere); rows of the corpus."""
        inside = (row[proposed.left] >= 0) & (row[proposed.right] >= 0)
        pairs = Proposed(row[proposed.left[inside]], row[proposed.right[inside]], proposed.score[inside])
        bound, apart = (
            [(int(row[a]), int(row[b])) for a, b in decided if row[a] >= 0 and row[b] >= 0]
            for decided in (must, cannot)
        )
        threads = 1 if len(corpus) < PARALLEL_FROM else self._settings.processes
        return regroup(Comparable.of(corpus), self._scorer, thresholds, threads, pairs, bound, apart)

    def _settle(
        self,
        filing_ids: npt.NDArray[Any],
        numbers: Index,
        grouping: matter_stage.Grouping,
        before: dict[int, int],
        incoming: Incoming,
    ) -> tuple[Settled, dict[int, set[Edge]], dict[int, set[Edge]]]:
        """Ids of what was grouped anew, and the edges of each matter, now and before."""
        groups: list[list[int]] = [numbers[rows].tolist() for rows in rows_of_each(grouping.label)]
        position = {n: at for at, group in enumerate(groups) for n in group}
        edges: dict[int, list[Edge]] = {}
        ends = zip(
            numbers[grouping.left].tolist(), numbers[grouping.right].tolist(), grouping.score.tolist(), strict=True
        )
        for a, b, score in ends:
            edges.setdefault(position[a], []).append((min(a, b), max(a, b), round(score, 6)))
        ids, arrival = dict(zip(numbers.tolist(), filing_ids.tolist(), strict=True)), self._records.arrival(incoming)
        founders = [ids[min(group, key=lambda n: arrival.get(n, n))] for group in groups]
        own = {before[n] for n in numbers.tolist() if n in before}
        names = Names(self._state.numbers, self._state.redirects(), own, self._state.next_matter())
        names.expect(founders)
        settled = settle(groups, before, edges, founders, names)
        tied = {settled.matter[groups[at][0]]: set(held) for at, held in edges.items()}
        return settled, tied, self._state.holds(own)


def grouped(matter: Index, numbers: Index, edges: dict[int, set[Edge]]) -> matter_stage.Grouping:
    """Matters of rows in canonical order as a `Grouping`."""
    _, first, inverse = np.unique(matter, return_index=True, return_inverse=True)
    label = first[inverse].astype(np.int64)
    row = {n: at for at, n in enumerate(numbers.tolist())}
    held = sorted(
        (min(row[a], row[b]), max(row[a], row[b]), score)
        for one in sorted(set(matter.tolist()))
        for a, b, score in edges.get(one, ())
        if a in row and b in row
    )
    i, j, score = zip(*held, strict=True) if held else ((), (), ())
    return matter_stage.Grouping(label, np.array(i, np.int64), np.array(j, np.int64), np.array(score, float))


def counting(decisions: pd.DataFrame) -> pd.DataFrame:
    """Of every word that was said, those that count."""
    told = latest(decisions)
    return told[told["decision"] != LATER].reset_index(drop=True)
