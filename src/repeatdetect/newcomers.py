"""Persons a filing names whom no earlier one of its matter has heard of: 某村还有李富贵吃低保.

In a short note the name may be all that is new, and a scorer of clauses has nothing else to go by.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from repeatdetect import lexicon, phrases, text
from repeatdetect.clauses import Clauses, Stream
from repeatdetect.given import names_somebody
from repeatdetect.persons import NICKNAME, Person
from repeatdetect.ragged import Flags, Index

_TOO = "也"
_FULL = 3  # characters of a name that is told from another whatever single one of them is misread


@cache
def _surnames() -> Flags:
    """Whether each character begins a surname."""
    lex = lexicon.load()
    out = np.zeros(0x10000, bool)
    out[[ord(surname[0]) for surname in lex.surnames | lex.double_surnames]] = True
    return out


def newcomers(stream: Stream, clauses: Clauses, own: Index, note: Flags) -> Flags:
    """Whether each clause names somebody new to the matter.

    Whoever files is nobody new; nor is a name that differs from one heard before in its first or last character.

    Parameters
    ----------
    own : int64, shape (k,)
        Clauses of filings' own words; no other is asked.
    note : bool, shape (k,)
        Whether each is of a note of a few words, in which any name counts; elsewhere whoever did it, too: 李富贵也分了钱.

    Returns
    -------
    bool, shape (clauses,)
    """
    at = np.flatnonzero(stream.code == ord(_TOO))
    at = at[_surnames()[stream.code[at - _FULL]]]
    too = np.bincount(clauses.of_character[at], minlength=len(clauses.start)) > 0
    named = [
        (name, clause)
        for clause, in_note in zip(own.tolist(), note.tolist(), strict=True)
        if in_note or too[clause]
        for name in _names(stream.plain[clauses.start[clause] : clauses.end[clause]], in_note)
    ]
    # also in a name that differs in its first or last character
    heard = stream.first_heard({name: [name[:-1], name[1:]] for name, _ in named})
    out = np.zeros(len(clauses.start), bool)
    for name, clause in named:
        piece = clauses.piece[clause]
        out[clause] |= heard[name, int(stream.piece_matter[piece])] >= stream.piece_time[piece]
    return out


def _names(clause: str, in_note: bool) -> list[str]:
    pieces = text.phrases(clause)
    return [
        person.name
        for piece, phrase in zip(pieces, phrases.memory.read(pieces), strict=True)
        for person in phrase.persons
        if _is_name(person) and (in_note or piece.startswith(_TOO, person.end))
    ]


def _is_name(person: Person) -> bool:
    given = person.name[len(person.surname) :]
    return (
        len(person.name) == _FULL
        and person.role != "petitioner"
        and not NICKNAME.search(given)
        and names_somebody(given)
    )
