"""Where a filing says what its matter has heard before, and where it says something new: spans of its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from repeatdetect import text
from repeatdetect.grams import first_time

Span = tuple[int, int]

RUN = 8  # letters in a row, blanks and punctuation aside, that make a passage "said before in these words"
_PRIME = np.uint64(1_000_003)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BETWEEN = frozenset(" \n\t，。；;、,.!！?？：:…")


@cache
def _letters() -> npt.NDArray[np.bool_]:
    return np.array([chr(code).isalnum() for code in range(0x10000)])


def new_spans(body: str, new_content: str) -> list[Span]:
    """Spans of `body` that ``new_content`` of the contract (passages joined by ；) quotes, neighbours joined.

    Parameters
    ----------
    body : str
        Text of the filing.
    new_content : str
        Verbatim passages in the order they stand; one that cannot be found is left out.
    """
    spans: list[Span] = []
    at = 0
    for passage in filter(None, new_content.split("；")):
        start = body.find(passage, at)
        if start < 0:
            continue
        at = start + len(passage)
        if spans and not set(body[spans[-1][1] : start]) - _BETWEEN:
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((start, at))
    return spans


def shared_spans(bodies: Sequence[str], matters: Sequence[int]) -> list[list[Span]]:
    """Passages that an earlier filing of the same matter has word for word.

    Parameters
    ----------
    bodies : sequence of str
        Texts; those of one matter in the order they were filed.
    matters : sequence of int
        Matter of each text.

    Returns
    -------
    list of list of (start, end)
        For each text its spans, in order. Width, script, blanks and punctuation make no difference.

    Notes
    -----
    All texts lie in one array; for each run of ``RUN`` letters a table tells which filing of the matter had it first,
    so the cost grows with the characters, not with the pairs.
    """
    out: list[list[Span]] = [[] for _ in bodies]
    plain = [text.normalise(body) for body in bodies]
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.array([len(part) for part in plain], np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    letters = np.flatnonzero(_letters()[np.minimum(codes, 0xFFFF)])
    if len(letters) < RUN:
        return out
    owner = np.searchsorted(starts, letters, side="right") - 1
    kept = codes[letters].astype(np.uint64)
    runs = len(letters) - RUN + 1
    value = np.zeros(runs, np.uint64)
    for k in range(RUN):
        value = value * _PRIME + kept[k : k + runs]
    mine = owner[:runs]
    whole = mine == owner[RUN - 1 :]
    value = (value * _SPREAD) ^ (np.asarray(matters, np.uint64)[mine] * _PRIME * _SPREAD)
    value, mine, at = value[whole], mine[whole], np.flatnonzero(whole)
    if not len(at):
        return out
    before = first_time(value, mine) < mine
    change = np.zeros(len(letters) + 1, np.int64)
    np.add.at(change, at[before], 1)
    np.add.at(change, at[before] + RUN, -1)
    covered = np.cumsum(change[:-1]) > 0
    bounds = np.searchsorted(owner, np.arange(len(bodies) + 1)).tolist()
    edge = np.diff(np.concatenate([[False], covered, [False]]).astype(np.int8))
    for a, b in zip(np.flatnonzero(edge == 1).tolist(), np.flatnonzero(edge == -1).tolist(), strict=True):
        # a covered stretch may run from the end of one filing into the start of the next
        for k in range(int(owner[a]), int(owner[b - 1]) + 1):
            x, y = max(a, bounds[k]), min(b, bounds[k + 1])
            if x < y:
                out[k].append((int(letters[x] - starts[k]), int(letters[y - 1] - starts[k]) + 1))
    return out


def without(spans: Sequence[Span], cut: Sequence[Span]) -> list[Span]:
    """`spans` less everything in `cut`; both in order, without overlap."""
    out: list[Span] = []
    for start, end in spans:
        for a, b in cut:
            if b <= start or a >= end:
                continue
            if a > start:
                out.append((start, a))
            start = b
        if start < end:
            out.append((start, end))
    return out


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
