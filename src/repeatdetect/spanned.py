"""Rows that are one filing: its number is one merged cell beside two accused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from repeatdetect.cells import as_text, blank
from repeatdetect.files import Grid, Sheet
from repeatdetect.headers import Header

_OF_A_ROW = ("filing_id", "case_id", "title", "text", "subject", "ordinal")  # what no two rows share
_OF_A_PERSON = ("accused", "unit", "post", "rank", "petitioner")  # what a further row may hold of the same filing


def joined(table: Sheet, header: Header) -> tuple[Grid, set[int]]:
    """Rows of a table with those that go on with a filing joined to the first of it, and the places of the joined.

    Only where the number of the filing is one merged cell over the rows, and the further rows hold nothing but persons
    or what the first row holds: anything else is left as it stands.
    """
    identity = header.columns.get("filing_id", [])
    free = {at for column in _OF_A_PERSON for at in header.columns.get(column, [])}
    rows, taken = table.rows, set[int]()
    for (top, left), (bottom, right) in table.merged if identity and "accused" in header.columns else ():
        first = header.row + header.depth
        if top < first or top == bottom or bottom >= len(rows) or not left <= identity[0] <= right:
            continue
        further = range(top + 1, bottom + 1)
        if all(_goes_on(rows[top], rows[at], free) for at in further):
            rows = list(rows) if rows is table.rows else rows
            rows[top] = _with(rows[top], [rows[at] for at in further], free)
            taken.update(further)
    return rows, taken


def _goes_on(row: Sequence[Any], further: Sequence[Any], free: set[int]) -> bool:
    """Whether a row says of a filing only what persons it is about."""
    said = [at for at, cell in enumerate(further) if not blank(cell)]
    return any(at in free for at in said) and all(at in free or further[at] == row[at] for at in said)


def _with(row: Sequence[Any], further: Sequence[Sequence[Any]], free: set[int]) -> list[Any]:
    out = list(row)
    for at in free:
        cells = [as_text(one[at]).strip() for one in (row, *further) if at < len(one)]
        if any(cells[1:]):
            out[at] = "、".join(dict.fromkeys(filter(None, cells)))
    return out


def filled(table: Sheet, header: Header, rows: Grid) -> Grid:
    """Rows in which a cell merged over several rows stands in each of them, but for numbers and texts.

    One official for two townships, one accused for three filings.
    """
    own = {at for column in _OF_A_ROW for at in header.columns.get(column, [])}
    first, out = header.row + header.depth, rows
    for (top, left), (bottom, right) in table.merged:
        if (
            top < first
            or top == bottom
            or bottom >= len(rows)
            or left != right
            or left in own
            or left >= len(rows[top])
        ):
            continue
        out = list(out) if out is rows else out
        for at in range(top + 1, bottom + 1):
            if left < len(out[at]) and blank(out[at][left]) and not all(map(blank, out[at])):
                out[at] = [*out[at][:left], rows[top][left], *out[at][left + 1 :]]
    return out
