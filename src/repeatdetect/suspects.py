"""Which other filings count when it is asked who must not have a matter.

The filing that names the official often is the one that was left out of its matter: written by somebody else, in other
words. A complaint must not reach the one it is about for that reason, so what is said in a filing that *may* belong to
the matter counts, too; the note says that it is a suspicion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from repeatdetect import text
from repeatdetect.caselink import CaseLink
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled
from repeatdetect.ragged import Index

#: Probability from which two filings of one township count as perhaps one matter.
NEAR_FROM = 0.08
_MOST = 1000  # filings of a township that are all compared with one that names an official; a county has 500 a year


@dataclass(frozen=True)
class Near:
    """Which matters may yet be one.

    Attributes
    ----------
    left, right : int64, shape (pairs,)
        Filings (rows) of two matters with a probability of at least ``NEAR_FROM``, the most probable first.
    chance : callable
        Probability of any pairs (rows left, rows right; left < right).
    """

    left: Index
    right: Index
    chance: Callable[[Index, Index], npt.NDArray[np.float64]]

    def matters(self, matter_ids: npt.NDArray[Any]) -> dict[str, list[str]]:
        """Matter -> matters it may be one with, the most probable first."""
        out: dict[str, dict[str, None]] = {}
        for a, b in zip(matter_ids[self.left].tolist(), matter_ids[self.right].tolist(), strict=True):
            out.setdefault(a, {})[b] = None
            out.setdefault(b, {})[a] = None
        return {name: list(others) for name, others in out.items()}

    def among(self, rows: Sequence[int], others: Sequence[int]) -> list[int]:
        """Those of `others` that may be one matter with one of `rows`."""
        i, j = np.repeat(np.asarray(rows, np.int64), len(others)), np.tile(np.asarray(others, np.int64), len(rows))
        close = self.chance(np.minimum(i, j), np.maximum(i, j)) >= NEAR_FROM
        found: list[int] = np.unique(j[close]).tolist()
        return found


def suspects(
    matter_ids: npt.NDArray[Any],
    matters: Mapping[str, Pooled],
    town_of: Mapping[str, str],
    found: Mapping[str, CaseLink],
    near: Near,
    known: Gazetteer,
    complains: Callable[[str], bool],
) -> dict[str, list[int]]:
    """Filings that may belong to each matter though they are not in it.

    Parameters
    ----------
    matter_ids : ndarray of str, shape (n,)
    matters : mapping of str to Pooled
    town_of : mapping of str to str
        Township of each matter, '' where it is not known.
    found : mapping of str to CaseLink
    near : Near
    known : Gazetteer
    complains : callable
        Whether a matter complains of an official of its township.

    Returns
    -------
    dict
        Matter -> rows: of the matters of its case, of its accused in its township, and of its township that are near.
    """
    together: dict[tuple[str, ...], list[str]] = {}
    of_town: dict[str, list[int]] = {}
    for name, linked in found.items():
        together.setdefault(("case", linked.case["case_id"]), []).append(name)
    for name, matter in matters.items():
        if town := town_of[name]:
            of_town.setdefault(town, []).extend(matter.rows)
            for sound in {text.sound(person) for person in matter.names}:
                together.setdefault((town, sound), []).append(name)
    others: dict[str, set[str]] = {name: set() for name in matters}
    for names in together.values():
        for name in names:
            others[name].update(names)
    for name, close in near.matters(matter_ids).items():
        others[name].update(
            other for other in close
            if town_of[other] == town_of[name] and not _apart(matters[name], matters[other], known)
        )  # fmt: skip
    for name, matter in matters.items():
        around = of_town.get(town_of[name], [])
        if 0 < len(around) <= _MOST and complains(name):
            for other in set(matter_ids[near.among(matter.rows, around)].tolist()) - {name}:
                if not _apart(matter, matters[other], known):
                    others[name].add(other)
                    others[other].add(name)
    return {
        name: [row for other in sorted(more - {name}) for row in matters[other].rows] for name, more in others.items()
    }


def _apart(one: Pooled, other: Pooled, known: Gazetteer) -> bool:
    """Whether two matters say different things of where, or of whom."""
    if one.villages and other.villages and not known.same(one.villages, other.villages):
        return True
    return bool(one.field_surnames and other.field_surnames and not one.field_surnames & other.field_surnames)
