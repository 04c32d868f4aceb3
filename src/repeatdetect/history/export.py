"""Everything a store holds as one result, matters as they stand in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from repeatdetect import filings as canonical_table
from repeatdetect import ledger
from repeatdetect.comparable import Comparable
from repeatdetect.compared import Compared, close_apart
from repeatdetect.decide import Scorer
from repeatdetect.detector import Clock, Result, across_matters, conclude
from repeatdetect.history.plan import counting, grouped
from repeatdetect.history.pool import AS_A_WHOLE, Pool, proposed_among
from repeatdetect.history.records import Records
from repeatdetect.history.state import State
from repeatdetect.honour import constraints
from repeatdetect.manifest import describe
from repeatdetect.quarantine import REJECTS
from repeatdetect.settings import Settings
from repeatdetect.thresholds import Thresholds


def everything(
    records: Records, state: State, scorer: Scorer, settings: Settings, cases: pd.DataFrame | None,
    officials: pd.DataFrame | None, clock: Clock, whole: Callable[[], Pool],
) -> Result:  # fmt: skip
    """What `detect` would answer for all that is stored; filings by date, then id. `whole` gives the pool of all."""
    with clock.stage("prepare", 0):
        some = records.all()
        corpus = records.load(some)
        order = canonical_table.canonical_rows(corpus.filings)
        corpus, numbers = corpus.take(order), some[order]
    matter_of = state.matter_of(numbers.tolist())
    matter = np.array([matter_of[n] for n in numbers.tolist()], np.int64)
    grouping = grouped(matter, numbers, state.holds(matter_of.values()))
    proposed = proposed_among(state, numbers, pool=whole() if len(numbers) <= AS_A_WHOLE else None)
    names = state.names(matter_of.values())
    matter_ids = np.array([names[m] for m in matter.tolist()], dtype=object)
    _, cannot = constraints(counting(state.decisions()), corpus.filings["filing_id"])
    across = across_matters(Thresholds.of(settings, scorer, len(corpus)), grouping.label, proposed, cannot)
    linked = cases is not None or officials is not None
    close = close_apart(proposed, grouping.label, cannot) if linked else None
    compared = Compared.of(Comparable.of(corpus), scorer, grouping, across, cannot, close)
    answer = conclude(corpus, compared, grouping, matter_ids, settings, cases, officials, clock)
    result = Result(
        answer.filings, answer.matters, answer.pairs, answer.links, pd.DataFrame(columns=list(REJECTS)), corpus,
        grouping.label, settings, scorer, cases=cases, judged=answer.judged,
    )  # fmt: skip
    result.run = describe(result, clock, {}, ledger.notes(cases, officials))
    return result
