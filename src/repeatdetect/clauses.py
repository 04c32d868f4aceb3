"""Filings cut into clauses: all characters of many matters in one array, so that nothing is done filing by filing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from repeatdetect import text
from repeatdetect.ragged import Flags, Index

Span = tuple[int, int]

#: pieces of a filing, in this order
FIELDS, TITLE, TEXT = range(3)


def _table(characters: str) -> Flags:
    out = np.zeros(0x10000, bool)
    out[[ord(c) for c in characters]] = True
    return out


_STOPS = _table("。!?;\n…—,:[]【】")
_FULL_STOPS = _table("。!?;\n")
_CLOSING = _table("”’』」)》")


@dataclass(frozen=True)
class Stream:
    """Fields, title and text of filings, one piece after the other.

    A piece has a time: fields are known to the filing itself (twice its row), title and text to later ones only.

    Attributes
    ----------
    plain : str
        Normalised; positions in a piece are those in the text as filed.
    code : uint16, shape (characters,)
    piece_start, piece_row, piece_time, piece_matter : int64, shape (3 * filings,)
    of_piece : int64, shape (characters,)
    """

    plain: str
    code: npt.NDArray[np.uint16]
    piece_start: Index
    piece_row: Index
    piece_time: Index
    piece_matter: Index
    of_piece: Index

    @staticmethod
    def of(fields: Sequence[str], titles: Sequence[str], texts: Sequence[str], matter: Index) -> Stream:
        """Lay filings out; they are in order of matter and, within one, of time."""
        n = len(texts)
        pieces = [piece for three in zip(fields, titles, texts, strict=True) for piece in three]
        plain = text.normalise("\n".join(pieces)) + "\n"
        length = np.fromiter(map(len, pieces), np.int64, 3 * n) + 1
        row = np.repeat(np.arange(n), 3)
        time = 2 * row + (np.arange(3 * n) % 3 != FIELDS)
        wide = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32)
        code = np.where(wide < 0x10000, wide, 0x25A1).astype(np.uint16)
        of_piece = np.repeat(np.arange(3 * n), length)
        return Stream(plain, code, np.cumsum(length) - length, row, time, matter[row], of_piece)

    def text(self, row: int) -> str:
        """Normalised text of a filing."""
        at = 3 * row + TEXT
        end = self.piece_start[at + 1] - 1 if at + 1 < len(self.piece_start) else len(self.plain) - 1
        return self.plain[self.piece_start[at] : end]

    def first_heard(self, names: Mapping[str, Iterable[str]]) -> dict[tuple[str, int], int]:
        """When each name was first heard of in each matter, by any of the words it is known by."""
        known: dict[str, list[str]] = {}
        for name, words in names.items():
            for word in words:
                known.setdefault(word, []).append(name)
        order = sorted(known)
        out: dict[tuple[str, int], int] = {}
        for index, start, _ in ahocorasick_rs.AhoCorasick(order).find_matches_as_indexes(self.plain, overlapping=True):
            piece = self.of_piece[start]
            for name in known[order[index]]:
                out.setdefault((name, int(self.piece_matter[piece])), int(self.piece_time[piece]))
        return out


@dataclass(frozen=True)
class Clauses:
    """Clauses of a stream, all pieces.

    Attributes
    ----------
    start, end, piece, sentence : int64, shape (clauses,)
    own : bool, shape (clauses,)
        Of the filing's own words, as given to `cut`.
    of_character : int64, shape (characters,)
    """

    start: Index
    end: Index
    piece: Index
    sentence: Index
    own: Flags
    of_character: Index

    @staticmethod
    def cut(stream: Stream, own: Sequence[Sequence[Span]]) -> Clauses:
        """Cut a stream; `own` has for each filing the spans of its text that are its own words."""
        code = stream.code
        n = len(code)
        stop = _STOPS[code]
        digit = (code >= 48) & (code <= 57)
        between_digits = (code == ord(",")) | (code == ord(":"))  # 1,200 and 12:30
        between_digits[1:-1] &= digit[:-2] & digit[2:]
        between_digits[[0, -1]] = False
        stop &= ~between_digits
        full = _FULL_STOPS[code]
        closing = _CLOSING[code[1:]]
        stop[1:] |= stop[:-1] & closing
        full[1:] |= full[:-1] & closing
        mine = _covered(stream, own)
        apart = mine[1:] != mine[:-1]
        begins = np.zeros(n, bool)
        begins[1:] = (stop[:-1] & ~stop[1:]) | apart
        begins[stream.piece_start] = True
        anew = np.zeros(n, bool)
        anew[1:] = full[:-1] | apart
        anew[stream.piece_start] = True
        start = np.flatnonzero(begins)
        return Clauses(
            start, np.append(start[1:], n), stream.of_piece[start], np.cumsum(anew)[start] - 1, mine[start],
            np.cumsum(begins) - 1,
        )  # fmt: skip


def _covered(stream: Stream, own: Sequence[Sequence[Span]]) -> Flags:
    step = np.zeros(len(stream.code) + 1, np.int8)
    for row, spans in enumerate(own):
        begin = stream.piece_start[3 * row + TEXT]
        for a, b in spans:
            step[begin + a] += 1
            step[begin + b] -= 1
    out: Flags = np.cumsum(step[:-1]) > 0
    return out
