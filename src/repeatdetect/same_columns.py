"""One canonical column out of the source columns that mean it: blanks filled, parts joined, texts told together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from repeatdetect.cells import as_text, blank
from repeatdetect.headers import Header

_JOINED = {"place": ""}  # parts of one thing in several columns: 乡镇, 村
_PUNCTUATION = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_ABSTRACT = re.compile("概|摘要|简")  # headers of what a clerk makes of a text
_DIGITS = re.compile(r"\d+")


def cells(rows: list[list[Any]], column: str, places: list[int], header: Header) -> list[Any]:
    """One canonical column out of the source columns that mean it."""
    sides = [[row[at] if at < len(row) else None for row in rows] for at in places]
    if len(sides) == 1 or column == "filing_id":
        return sides[0]
    names = {header.names[at].rstrip("0123456789一二三") for at in places}
    if column in _JOINED or len(names) == 1:
        order = sorted(range(len(places)), key=places.__getitem__)
        glue = _JOINED.get(column, "、")
        return [_join([as_text(sides[k][at]).strip() for k in order], glue) for at in range(len(rows))]
    if column == "text":  # an abstract, or demands, beside the text itself
        order = sorted(range(len(places)), key=lambda k: -sum(len(cell) for cell in sides[k] if isinstance(cell, str)))
        abstract = [bool(_ABSTRACT.search(header.names[places[k]])) for k in order]
        return [_told([as_text(sides[k][at]).strip() for k in order], abstract) for at in range(len(rows))]
    return [next((cell for cell in row if not blank(cell)), None) for row in zip(*sides, strict=True)]


def _told(parts: Sequence[str], abstract: Sequence[bool]) -> str:
    """Texts of several columns as one: the first whole, of the others the sentences that it does not hold.

    An abstract says the same in other words: of it only sentences with a number that the text lacks.
    """
    whole = ""
    for part, short in zip(parts, abstract, strict=True):
        if not whole:
            whole = part
            continue
        bare, numbers = _PUNCTUATION.sub("", whole), set(_DIGITS.findall(whole))
        more = [
            sentence
            for sentence in map(str.strip, _SENTENCE.findall(part))
            if _PUNCTUATION.sub("", sentence) not in bare
            and not (short and numbers.issuperset(_DIGITS.findall(sentence)))
        ]
        whole = "\n".join([whole, *more])
    return whole


def _join(parts: list[str], glue: str) -> str:
    """Parts one after the other, without those that another holds."""
    kept: list[str] = []
    for part in parts:
        if part and not any(part in other for other in kept):
            kept = [other for other in kept if other not in part] + [part]
    return glue.join(kept)
