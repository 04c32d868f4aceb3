"""Whether characters look like somebody's name: 何具体 and 房产证 begin with a surname, too.

Learned once from jieba's dictionary (``models/names.py``) and shipped as ``models/names.npz``.
"""

from __future__ import annotations

from functools import cache, lru_cache

from repeatdetect.models import arrays
from repeatdetect.ragged import hashed
from repeatdetect.text import REMEMBERED

LEAST = -0.3  # mean weight of a given name's characters; of 906 names of accused 4 of 100 have less
PLAIN = 0.8  # from here on it is a name though it is a word, too: 建国, 志强
_SELDOM = -1.0  # of 1,033 accused of the counties 18 have less
_OFTEN = 0.5
_UNKNOWN = -4.0  # of a character that no name of the dictionary has


@cache
def _tables() -> tuple[dict[str, float], frozenset[int]]:
    """Weight of each character in given names, hashes of the words that are none."""
    names = arrays("names.npz")
    weights = dict(zip(map(chr, names["characters"].tolist()), names["weights"].astype(float).tolist(), strict=True))
    return weights, frozenset(names["words"].tolist())


@lru_cache(maxsize=REMEMBERED)
def plausible(surname: str, given: str) -> bool:
    """Whether a surname and what follows look like a name: the characters of given names, and no word.

    Meant for what stands in a text without title or post.

    Parameters
    ----------
    surname, given : str
        One or two characters each.
    """
    weight, words = _weight(given), _tables()[1]
    name = surname + given
    if weight < LEAST or hashed(name) in words:
        return False
    return weight >= PLAIN or not (hashed(given) in words or hashed(name[:2]) in words)


def seldom(given: str) -> bool:
    """Whether so few names are made of these characters that behind 都, 包 or 应 they make none, a title beside it or not."""
    return _weight(given) < _SELDOM


def names_somebody(given: str) -> bool:
    """Whether characters are so much more of names than of words that they name somebody where nothing else tells it."""
    return _weight(given) >= _OFTEN


def _weight(given: str) -> float:
    weights, _ = _tables()
    return sum(weights.get(character, _UNKNOWN) for character in given) / len(given)
