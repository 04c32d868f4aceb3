"""What a person sees of a pair, as plain data: two heads, facts side by side, texts aligned; no score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from repeatdetect import corpus
from repeatdetect.decide import Scorer
from repeatdetect.explain import Explanation, explain_rows
from repeatdetect.grounds import by_ground
from repeatdetect.namelist import names_in
from repeatdetect.privacy import Masker
from repeatdetect.report.content import Shown
from repeatdetect.report.doubtful import LEAST_DIM, TELLING
from repeatdetect.report.passages import Span, merged, shared_spans, without
from repeatdetect.report.styles import clean
from repeatdetect.report.words import FACTS
from repeatdetect.review.align import aligned, differing

LONGEST = 20_000  # characters of a side
VALUES = 7  # of a kind of facts, a side
_AS_WRITTEN = frozenset(("sum", "area", "length", "count", "date"))


class Desk:
    """Filings and their matters, as a sitting needs them; prepares two filings at a time.

    Parameters
    ----------
    filings : DataFrame
        Canonical; all of the export, so that every petitioner can be hidden.
    matter_of : mapping
        Filing to matter.
    matters : DataFrame
        matter_id, title, filings (how many).
    masked : bool
        Whether petitioners' identities are hidden.
    """

    def __init__(
        self, filings: pd.DataFrame, matter_of: Mapping[str, str], matters: pd.DataFrame, *, masked: bool
    ) -> None:
        self._filings = filings
        self._matter_of = matter_of
        self._matters: dict[str, tuple[str, int]] = {
            name: (title, int(count))
            for name, title, count in matters[["matter_id", "title", "filings"]].itertuples(index=False)
        }
        self._row = {name: row for row, name in enumerate(filings["filing_id"])}
        self._masker = Masker(filings) if masked else None
        self._scorer = Scorer.load()

    def picture(self, left: str, right: str) -> dict[str, Any]:
        """What is shown of a pair before it is answered: everything but how the program scored it."""
        shown, told = self._prepared(left, right)
        sides = [_Side(shown, row, told) for row in (0, 1)]
        days = [shown.day(row) for row in (0, 1)]
        return {
            "left": self._head(shown, 0), "right": self._head(shown, 1),
            "apart": abs((days[1] - days[0]).days) if days[0] and days[1] else None,
            "facts": _facts(shown, told), "lines": _lines(*sides),
        }  # fmt: skip

    def grounds(self, left: str, right: str) -> list[tuple[str, float]]:
        """What moved the program, strongest first: ground and points."""
        told = self._prepared(left, right)[1]
        words, points = by_ground(pd.DataFrame([told.contributions]))
        return sorted(zip(words, points[0].tolist(), strict=True), key=lambda ground: -abs(ground[1]))[:5]

    def _prepared(self, left: str, right: str) -> tuple[Shown, Explanation]:
        prepared = corpus.prepare(self._filings.iloc[[self._row[left], self._row[right]]])
        shown = Shown(prepared.filings, prepared.scalars["named"].tolist(), self._masker)
        told = explain_rows(prepared, self._scorer, 0, 1)
        return shown, _without_writers(told, [set(names_in(cell)) for cell in shown.cells("petitioner")])

    def _head(self, shown: Shown, row: int) -> dict[str, Any]:
        name = shown.cells("filing_id")[row]
        title, count = self._matters[self._matter_of[name]]
        day = shown.day(row)
        accused, place, unit, post = (shown.hide(shown.cells(c)[row]) for c in ("accused", "place", "unit", "post"))
        return {
            "id": name, "date": f"{day:%Y-%m-%d}" if day else "无日期", "channel": shown.hide(shown.cells("channel")[row]),
            "who": shown.who(row), "title": shown.hide(shown.cells("title")[row]),
            "accused": accused, "where": " ".join(dict.fromkeys(filter(None, (place, unit, post)))),
            "matter": shown.hide(title), "size": count,
        }  # fmt: skip


def _without_writers(told: Explanation, own: list[set[str]]) -> Explanation:
    """An explanation whose persons are those written about: who writes says nothing about the matter."""
    shared = [fact for fact in told.shared if fact["kind"] != "person" or fact["value"] not in own[0] & own[1]]
    left, right = (
        [fact for fact in only if fact["kind"] != "person" or fact["value"] not in names]
        for only, names in zip((told.only_left, told.only_right), own, strict=True)
    )
    named = [any(fact["kind"] == "person" for fact in only) for only in (left, right)]
    clash = [conflict for conflict in told.conflicting if conflict["kind"] != "person" or all(named)]
    return replace(told, shared=shared, only_left=left, only_right=right, conflicting=clash)


class _Side:
    """One text with what is marked in it."""

    def __init__(self, shown: Shown, row: int, told: Explanation) -> None:
        whole = shown.body(row)
        self.text = whole[:LONGEST] + ("……（过长，后文见原件）" if len(whole) > LONGEST else "")
        raw = shown.cells("text")[row]
        self._shift = len(raw) - len(raw.lstrip())
        side, only = (("left", told.only_left), ("right", told.only_right))[row]
        self.both = self._spans(span for fact in told.shared for span in fact[side])
        found = self._spans(span for fact in only if fact["kind"] in TELLING for span in fact["spans"])
        self.only = without(found, self.both)

    def _spans(self, found: Iterable[tuple[str, int, int]]) -> list[Span]:
        moved = ((a - self._shift, b - self._shift) for column, a, b in found if column == "text")
        return merged((a, b) for a, b in moved if 0 <= a < b <= len(self.text))

    def pieces(self, line: Span, differs: list[Span], shared: list[Span]) -> list[tuple[str, str]]:
        """A line cut into (mark, piece): both, only, differs, shared or nothing."""
        start, end = line
        facts = merged([*self.both, *self.only])
        marks = [
            *((a, b, "both") for a, b in self.both), *((a, b, "only") for a, b in self.only),
            *((a, b, "differs") for a, b in without(differs, facts)),
            *((a, b, "shared") for a, b in without(without(shared, facts), differs)),
        ]  # fmt: skip
        out: list[tuple[str, str]] = []
        for a, b, mark in sorted(marks):
            a, b = max(a, start), min(b, end)
            if a >= b:
                continue
            if a > start:
                out.append(("", self.text[start:a]))
            out.append((mark, self.text[a:b]))
            start = b
        if start < end:
            out.append(("", self.text[start:end]))
        return out


def _lines(left: _Side, right: _Side) -> list[dict[str, Any]]:
    """Lines of both texts, each side cut into marked pieces."""
    shared = shared_spans([right.text, left.text, left.text, right.text], [0, 0, 1, 1])
    long = [[span for span in shared[k] if span[1] - span[0] >= LEAST_DIM] for k in (1, 3)]
    out = []
    for (a, b), (c, d), alike in aligned(left.text, right.text):
        ours, theirs = differing(left.text[a:b], right.text[c:d]) if alike else ([], [])
        out.append(
            {
                "alike": alike,
                "left": left.pieces((a, b), [(a + x, a + y) for x, y in ours], long[0]),
                "right": right.pieces((c, d), [(c + x, c + y) for x, y in theirs], long[1]),
            }
        )
    return out


def _value(shown: Shown, row: int, kind: str, value: str, spans: Iterable[tuple[str, int, int]]) -> str:
    """A fact in the words of its side: numbers as they stand there, and hidden where what it was read from is."""
    for column, a, b in spans:
        cell = shown.cells(column)[row]
        there = shown.hide(cell)[a:b]
        if kind in _AS_WRITTEN or there != clean(cell)[a:b]:
            return there
    return shown.hide(value)


def _facts(shown: Shown, told: Explanation) -> list[dict[str, Any]]:
    """Facts by kind: first those both sides name, then those they disagree on; what only one names in one last row."""
    rows: dict[str, list[list[tuple[str, bool]]]] = {}
    for fact in told.shared:
        for side, values in enumerate(rows.setdefault(fact["kind"], [[], []])):
            spans = fact[("left", "right")[side]]
            values.append((_value(shown, side, fact["kind"], fact["value"], spans), True))
    for side, only in enumerate((told.only_left, told.only_right)):
        for fact in only:
            values = rows.setdefault(fact["kind"], [[], []])[side]
            values.append((_value(shown, side, fact["kind"], fact["value"], fact["spans"]), False))
    clashing = {conflict["kind"] for conflict in told.conflicting}
    agree, clash = [], []
    rest: list[list[tuple[str, bool]]] = [[], []]
    for kind, word in FACTS.items():
        sides = rows.get(kind, [[], []])
        if any(both for _, both in sides[0]):
            agree.append(_row(word, "agree", sides))
        elif kind in clashing:
            clash.append(_row(word, "clash", sides))
        else:
            for named, here in zip(rest, sides, strict=True):
                named += here
    return [*agree, *clash, *([_row("仅一件提到", "one", rest)] if any(rest) else [])]


def _row(word: str, verdict: str, sides: list[list[tuple[str, bool]]]) -> dict[str, Any]:
    left, right = (list(dict.fromkeys(side)) for side in sides)
    more = [max(len(side) - VALUES, 0) for side in (left, right)]
    return {"kind": word, "verdict": verdict, "left": left[:VALUES], "right": right[:VALUES], "more": more}
