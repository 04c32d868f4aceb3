"""How clauses talk (requests, reminders, procedure, rhetoric, replies, narration) and which issues they name first."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from itertools import chain

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import lexicon
from repeatdetect.clauses import FIELDS, Clauses, Stream
from repeatdetect.grams import first_time
from repeatdetect.ragged import Doubles, Index

#: the lists of ``lexicon/discourse.toml``
KINDS = ("request", "ask", "reminder", "procedure", "rhetoric", "reply", "narration")
_OPENING = 2  # letters that may stand before a request (又, 一、)


@cache
def _words() -> tuple[ahocorasick_rs.AhoCorasick, npt.NDArray[np.bool_], Index]:
    """Automaton over all words; which of ``KINDS`` each is of, shape (kinds, words); length of each."""
    lists = tomllib.loads(files("repeatdetect.lexicon").joinpath("discourse.toml").read_text(encoding="utf-8"))
    words = list(dict.fromkeys(word for kind in KINDS for word in lists[kind]))
    of_kind = np.array([[word in chosen for word in words] for chosen in (set(lists[kind]) for kind in KINDS)])
    automaton = ahocorasick_rs.AhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return automaton, of_kind, np.fromiter(map(len, words), np.int64, len(words))


def _found(automaton: ahocorasick_rs.AhoCorasick, plain: str) -> Index:
    """Word, start and end of each match, shape (matches, 3)."""
    matches = automaton.find_matches_as_indexes(plain)
    return np.fromiter(chain.from_iterable(matches), np.int64, 3 * len(matches)).reshape(-1, 3)


def covered(stream: Stream, clauses: Clauses) -> dict[str, Doubles]:
    """Share of each clause that words of each kind cover; for ``request`` whether it begins with one."""
    automaton, of_kind, length = _words()
    found = _found(automaton, stream.plain)
    word, at = found[:, 0], found[:, 1]
    clause = clauses.of_character[at]
    n = len(clauses.start)
    size = np.maximum(clauses.end - clauses.start, 2)
    out = {}
    for kind, chosen in zip(KINDS, of_kind[:, word], strict=True):
        if kind == "request":
            begins = chosen & (at - clauses.start[clause] <= _OPENING)
            out[kind] = (np.bincount(clause[begins], minlength=n) > 0).astype(float)
        else:
            out[kind] = np.bincount(clause[chosen], length[word[chosen]], n) / size
    return out


def new_issues(stream: Stream, clauses: Clauses) -> npt.NDArray[np.bool_]:
    """Whether each clause names an issue of the lexicon that no earlier title or text of its matter names."""
    words = lexicon.load()
    code = pd.factorize(np.array([v if k == "issue" else "" for k, v in zip(words.kinds, words.values, strict=True)]))[
        0
    ]
    none = code[words.kinds.index("role")]
    found = _found(words.automaton, stream.plain)
    clause = clauses.of_character[found[:, 1]]
    issue = code[found[:, 0]]
    told = (issue != none) & (clauses.piece[clause] % 3 != FIELDS)
    clause, issue = clause[told], issue[told]
    time = stream.piece_time[clauses.piece[clause]]
    key = (stream.piece_matter[clauses.piece[clause]].astype(np.uint64) << np.uint64(32)) | issue.astype(np.uint64)
    out = np.zeros(len(clauses.start), bool)
    out[clause[first_time(key, time) >= time]] = True
    return out
