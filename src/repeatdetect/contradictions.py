"""Words that people said of pairs, and whether they can all hold: A = B and B = C leave no room for A ≠ C."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from repeatdetect.errors import InputError

SAME, DIFFERENT, LATER = "same", "different", "later"


def latest(decisions: pd.DataFrame) -> pd.DataFrame:
    """The last decision on each pair, whichever way round it stands."""
    pairs = pd.Series(
        [frozenset(pair) for pair in zip(decisions["left_id"], decisions["right_id"], strict=True)],
        index=decisions.index, dtype=object,
    )  # fmt: skip
    return decisions[~pairs.duplicated(keep="last")]


class Place(NamedTuple):
    """Where a decision stands: a sheet or file ('' when there is but one) and its row."""

    source: str
    row: int


@dataclass(frozen=True)
class Contradiction:
    """A pair called different although other decisions make it the same: A=B, B=C, A≠C.

    Attributes
    ----------
    left_id, right_id : str
        The pair called different.
    place : Place
        Where that was said.
    because : tuple of Place
        Decisions that together make the pair the same.
    """

    left_id: str
    right_id: str
    place: Place
    because: tuple[Place, ...]

    def __str__(self) -> str:
        same, different = places(self.because), places([self.place])
        return f"{same}认定为同一事项，{different}却认定 {self.left_id} 与 {self.right_id} 不同"


def where(rows: pd.DataFrame) -> str:
    """Rows of a table by its ``source`` and ``row``, as `places` names them."""
    return places(Place(source, int(row)) for source, row in rows[["source", "row"]].itertuples(index=False))


def places(found: Iterable[Place]) -> str:
    """Rows by sheet or file: 待判 第 3、7 行、明细 第 5 行."""
    rows: dict[str, list[int]] = {}
    for source, row in sorted(set(found)):
        rows.setdefault(source, []).append(row)
    return "、".join(f"{source} 第 {listed(numbers)} 行".lstrip() for source, numbers in rows.items())


def contradictions(decisions: pd.DataFrame) -> list[Contradiction]:
    """Find decisions that cannot all hold; the last decision on a pair replaces earlier ones on it.

    Parameters
    ----------
    decisions : DataFrame
        left_id, right_id, decision and, for the report, ``row`` (else positions from 1) and ``source``.

    Returns
    -------
    list of Contradiction
        One for each pair called different that a chain of pairs called the same connects; [] when all can hold.
    """
    rows = decisions["row"] if "row" in decisions.columns else pd.Series(range(1, len(decisions) + 1), decisions.index)
    sources = decisions["source"] if "source" in decisions.columns else pd.Series("", decisions.index)
    last = latest(decisions.assign(row=rows, source=sources))
    same: dict[str, dict[str, Place]] = {}
    different = []
    for left, right, word, row, source in last[["left_id", "right_id", "decision", "row", "source"]].itertuples(
        index=False
    ):
        place = Place(source, int(row))
        if word == SAME:
            same.setdefault(left, {})[right] = place
            same.setdefault(right, {})[left] = place
        elif word == DIFFERENT:
            different.append((place, left, right))
    return [
        Contradiction(left, right, place, tuple(sorted(chain)))
        for place, left, right in sorted(different)
        if (chain := _chain(same, left, right))
    ]


def _chain(same: dict[str, dict[str, Place]], start: str, goal: str) -> list[Place]:
    """Places of the shortest chain of `same` decisions between two filings; [] when there is none."""
    came: dict[str, tuple[str, Place] | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came:
        here = queue.popleft()
        for there, place in same.get(here, {}).items():
            if there not in came:
                came[there] = (here, place)
                queue.append(there)
    found = []
    step = came.get(goal)
    while step is not None:
        found.append(step[1])
        step = came[step[0]]
    return found


def check(decisions: pd.DataFrame, place: str = "") -> pd.DataFrame:
    """The decisions, when they can all hold.

    Raises
    ------
    InputError
        When some contradict each other; all are named by row.
    """
    found = contradictions(decisions)
    if found:
        shown = "；".join(str(contradiction) for contradiction in found[:5])
        more = f"；另有 {len(found) - 5} 处" if len(found) > 5 else ""
        raise InputError(
            "E214", f"人工结论自相矛盾：{shown}{more}", place=place, hint="请改正其中一行后再运行；程序不替人选择。"
        )
    return decisions


def listed(rows: Iterable[int]) -> str:
    """Numbers of rows as a sentence names them."""
    return "、".join(str(int(row)) for row in rows)
