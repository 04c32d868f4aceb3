"""Two texts side by side: sentences that say the same stand on one line, the others flow beside each other."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from repeatdetect import text
from repeatdetect.report.passages import Span

ALIKE = 60.0  # of 100 letters in common from which two sentences stand on one line
LEAST = 6  # letters; a shorter sentence (此致。敬礼！) is no anchor
MOST = 300  # sentences of a side that are aligned; what follows flows in one piece
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+|[^。！？!?；;\n]+$")


class Line(NamedTuple):
    """A span of each side that stand beside each other; ``alike`` when they say the same."""

    left: Span
    right: Span
    alike: bool


def aligned(left: str, right: str) -> list[Line]:
    """Lines of two texts, in order; their spans cover both texts without gap."""
    a, b = _sentences(left), _sentences(right)
    lines: list[Line] = []
    x = y = 0
    for i, j in [*_matches(left, right, a, b), (len(a), len(b))]:
        start_a, start_b = (a[i][0] if i < len(a) else len(left)), (b[j][0] if j < len(b) else len(right))
        if x < start_a or y < start_b:
            lines.append(Line((x, start_a), (y, start_b), False))
        if i < len(a):
            lines.append(Line(a[i], b[j], True))
            x, y = a[i][1], b[j][1]
    return lines


def differing(left: str, right: str) -> tuple[list[Span], list[Span]]:
    """Spans of two like sentences that the other does not have; width and script make no difference."""
    ours, theirs = [], []
    for step in Indel.opcodes(text.normalise(left), text.normalise(right)):
        if step.tag == "delete":
            ours.append((step.src_start, step.src_end))
        elif step.tag == "insert":
            theirs.append((step.dest_start, step.dest_end))
    return ours, theirs


def _sentences(whole: str) -> list[Span]:
    found = [match.span() for match in _SENTENCE.finditer(whole)]
    return [*found[: MOST - 1], (found[MOST - 1][0], len(whole))] if len(found) > MOST else found


def _matches(left: str, right: str, a: list[Span], b: list[Span]) -> list[tuple[int, int]]:
    """Sentences that stand on one line: in order on both sides, with the most letters in common."""
    if not a or not b:
        return []
    one, two = ([_plain(whole[s:e]) for s, e in spans] for whole, spans in ((left, a), (right, b)))
    like = process.cdist(one, two, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float64)
    length = np.minimum.outer([len(s) for s in one], [len(s) for s in two])
    gain = np.where((like >= ALIKE) & (length >= LEAST), like * length, 0.0)
    best = np.zeros((len(a) + 1, len(b) + 1))
    for i in range(len(a) - 1, -1, -1):
        row = np.maximum(best[i + 1, :-1], gain[i] + best[i + 1, 1:])
        best[i, :-1] = np.maximum.accumulate(row[::-1])[::-1]
    out = []
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i, j] == best[i + 1, j]:
            i += 1
        elif best[i, j] == best[i, j + 1]:
            j += 1
        else:
            out.append((i, j))
            i, j = i + 1, j + 1
    return out


def _plain(sentence: str) -> str:
    return "".join(filter(str.isalnum, text.normalise(sentence)))
