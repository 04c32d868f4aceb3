"""Whether two filings accuse the same person."""

from __future__ import annotations

import numpy as np

from repeatdetect.comparable import Comparable
from repeatdetect.ragged import Flags, Floats, Index

ANOTHER_NAME, ANOTHER_PERSON = -0.8, -0.35  # of `who`: different full names; names that do not fit
IN_ONE_OFFICE = -0.1  # of `who`: names that do not fit, but one office at one place
SAME_SURNAME, SAME_PERSON, SAME_NAME = (
    0.5,
    0.75,
    0.9,
)  # of `who`: from the second on both accuse one person; by full name


def who_agrees(data: Comparable, i: Index, j: Index) -> Floats:
    """Agreement of the accused, resolved.

    ===== ==========================================================================================================
    1     the same full name (homophones count as the same)
    .9    the accused of one is named in the other's text, or is called there by given name or nickname
    .75   the same surname with the same title (储校长 and 储玉茹, 校长)
    .6    the same office at the same place (村书记 of one village)
    .5    the same surname where a side knows no more
    -.1   names that do not fit, but one office at one place (a successor, a nickname)
    -.3   nobody named, but two offices at one place (校长 and 总务主任 of one school)
    -.4   parts of names that do not fit
    -.5   nor do the offices, at one place
    -1    different full names, both certain, neither anywhere in the other
    NaN   a side names nobody, or only uncertainly, or the names differ by one character of three
    ===== ==========================================================================================================
    """
    accused, surname, office, seat = (data.sides[name] for name in ("accused", "surname", "office", "seat"))
    sure_i, sure_j = (data.corpus.scalars["sure"][rows] > 0 for rows in (i, j))
    named, some = accused.both(i, j), surname.both(i, j)
    out = np.full(len(i), np.nan, np.float32)
    same_surname, same_office = surname.share(surname, i, j), office.share(office, i, j)
    two_offices = seat.share(seat, i, j) & ~same_office
    out[two_offices] = -0.3
    clash = some & (sure_i | sure_j) & ~same_surname
    out[clash] = np.where(two_offices[clash], -0.5, -0.4)
    both = named & sure_i & sure_j
    near = data.sides["near"].share(data.sides["near"], i, j)
    out[both] = np.where(near[both], np.nan, -1.0)
    out[(both | clash) & same_office & ~near] = IN_ONE_OFFICE
    partial = some & ~named
    out[partial & same_surname & ~two_offices] = SAME_SURNAME
    known = (both | clash) & ~near
    out[same_office & ~known] = np.fmax(out[same_office & ~known], 0.6)
    for a, b in ((i, j), (j, i)):
        out[data.sides["titled"].share(data.sides["spoken"], a, b) & ~both] = 0.75
    for a, b in ((i, j), (j, i)):
        inside = data.accused_terms.share(data.known_names, a, b) | accused.share(data.sides["persons"], a, b)
        out[inside | data.sides["part"].share(data.sides["called"], a, b)] = 0.9
    out[accused.share(accused, i, j)] = 1.0
    return out


def misread(data: Comparable, i: Index, j: Index) -> Flags:
    """Whether two full names, both certain, differ in one character of three or sound alike, and neither side has the other's."""
    sides, sure = data.sides, data.corpus.scalars["sure"]
    close = sides["near"].share(sides["near"], i, j) | sides["accused"].share(sides["accused"], i, j)
    out: Flags = ((sure[i] & sure[j]) > 0) & close & ~data.accused_terms.share(data.accused_terms, i, j)
    for a, b in ((i, j), (j, i)):
        out &= ~data.accused_terms.share(data.known_names, a, b)
    return out
