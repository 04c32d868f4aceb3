"""Whether two filings accuse the same person."""

from __future__ import annotations

import numpy as np

from repeatdetect.comparable import Comparable
from repeatdetect.ragged import Flags, Floats, Index, Side

ANOTHER_NAME, ANOTHER_PERSON = -0.8, -0.35  # of `who`: different full names; names that do not fit
IN_ONE_OFFICE = -0.1  # of `who`: names that do not fit, but one office at one place
SAME_SURNAME = 0.5  # of `who`: a surname in common
SAME_PERSON, SAME_NAME = 0.75, 0.9  # of `who`: from here on both accuse one person; and by full name


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
    sides, sure = data.sides, data.corpus.scalars["sure"] > 0
    accused, surname, office, seat, near = (sides[name] for name in ("accused", "surname", "office", "seat", "near"))
    same_name, same_surname = accused.share(accused, i, j), surname.share(surname, i, j)
    same_office, nearly = office.share(office, i, j), near.share(near, i, j)
    two_offices = seat.share(seat, i, j) & ~same_office
    named, partly = accused.both(i, j), surname.both(i, j)
    certain = named & sure[i] & sure[j]
    misfit = certain | (partly & (sure[i] | sure[j]) & ~same_surname)
    told = (
        _either(data.accused_terms, data.known_names, i, j)
        | _either(accused, sides["persons"], i, j)
        | _either(sides["part"], sides["called"], i, j)
    )
    degrees = (
        (1.0, same_name),
        (SAME_NAME, told),
        (SAME_PERSON, _either(sides["titled"], sides["spoken"], i, j) & ~certain),
        (0.6, same_office & (nearly | ~misfit)),
        (SAME_SURNAME, partly & ~named & same_surname & ~two_offices),
        (IN_ONE_OFFICE, same_office),
        (np.nan, certain & nearly),
        (-1.0, certain),
        (-0.5, misfit & two_offices),
        (-0.4, misfit),
        (-0.3, two_offices),
    )
    out = np.full(len(i), np.nan, np.float32)
    for degree, holds in reversed(degrees):  # the first that holds counts
        out[holds] = degree
    return out


def _either(one: Side, other: Side, i: Index, j: Index) -> Flags:
    """Whether either filing has in `one` what its fellow has in `other`."""
    return one.share(other, i, j) | one.share(other, j, i)


def misread(data: Comparable, i: Index, j: Index) -> Flags:
    """Whether two full names, both certain, differ in one character of three or sound alike, and neither side has the other's."""
    sides, sure = data.sides, data.corpus.scalars["sure"] > 0
    close = sides["near"].share(sides["near"], i, j) | sides["accused"].share(sides["accused"], i, j)
    known = data.accused_terms.share(data.accused_terms, i, j) | _either(data.accused_terms, data.known_names, i, j)
    out: Flags = sure[i] & sure[j] & close & ~known
    return out
