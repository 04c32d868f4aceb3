"""From which log-odds filings are joined, looked at together, put to a person: more of them among more filings.

The score of a pair depends on nothing but the two filings. But the prior odds of a match fall as the number of records
grows that may be mistaken for each other (Fellegi and Sunter 1969), and what suits a county joins, among a province's
filings, every 城关镇 with every other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from repeatdetect.decide import Scorer
from repeatdetect.settings import Settings

COUNTY, FACTOR, DOUBLINGS = 5_000, 2.2, 4  # chosen on 20,000 and 102,000 generated filings


def caution(filings: int) -> float:
    """Log-odds asked for in addition among so many filings: those of ``FACTOR`` at each doubling, ``DOUBLINGS`` at most.

    In steps, so that a store meets the next once in years; it is then grouped anew.
    """
    return math.log(FACTOR) * min(max(math.floor(math.log2(max(filings, 1) / COUNTY)) + 1, 0), DOUBLINGS)


@dataclass(frozen=True)
class Thresholds:
    """Log-odds.

    Attributes
    ----------
    same : float
        From here on two clusters are one matter.
    look : float
        From here on a pair connects two filings, so that their matters are decided on together.
    review : float
        From here on a pair across two matters is put to a person.
    """

    same: float
    look: float
    review: float

    @staticmethod
    def of(settings: Settings, scorer: Scorer, filings: int) -> Thresholds:
        """Those of a run; what the settings say is taken as it is, however many filings there are."""
        more = caution(filings)
        same = logit(settings.same) if settings.same else logit(scorer.same) + more
        review = logit(settings.review) if settings.review else logit(scorer.review) + more
        return Thresholds(same, min(logit(scorer.look) + more, same), min(review, same))


def logit(value: float) -> float:
    """Log-odds of a probability."""
    return math.log(value / (1 - value)) if value < 1 else math.inf
