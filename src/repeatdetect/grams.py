"""n-grams of many texts at once, and when each was first used in its matter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.clauses import Stream
from repeatdetect.figures import Figures
from repeatdetect.ragged import Index

Keys = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint16]

#: stands for a number, whatever its value
NUMBER = ord("#")


def letters(stream: Stream, figures: Figures) -> tuple[Index, Codes]:
    """Positions and codes of what carries wording: Chinese and Latin characters; a number is one `NUMBER`."""
    code = stream.code.copy()
    inside = np.zeros(len(code) + 1, np.int32)
    inside[figures.start] += 1
    inside[figures.end] -= 1
    code[figures.start] = NUMBER
    latin = code | 32
    kept = ((code >= 0x3400) & (code < 0xA000)) | ((latin >= ord("a")) & (latin <= ord("z")))
    kept &= np.cumsum(inside[:-1]) == 0
    kept[figures.start] = True
    at = np.flatnonzero(kept)
    return at, code[at]


def grams(code: Codes, matter: Index, group: Index, n: int) -> tuple[Keys, Index]:
    """Keys of the n-grams (n at most 3) that lie in one group each, and the position in `code` of their last letter.

    Parameters
    ----------
    code, matter, group : shape (letters,)
        Matters below 65,536.
    """
    last = np.arange(n - 1, len(code))
    last = last[group[last] == group[last - (n - 1)]]
    key = matter[last].astype(np.uint64)
    for back in range(n - 1, -1, -1):
        key = (key << np.uint64(16)) | code[last - back]
    return key, last


def first_time(keys: Keys, time: Index) -> Index:
    """For each entry the time of the first entry with the same key; entries stand in order of time."""
    if not len(keys):
        return np.empty(0, np.int64)
    codes, _ = pd.factorize(keys)
    highest = np.maximum.accumulate(codes)
    fresh = np.append(True, codes[1:] > highest[:-1])
    out: Index = time[fresh][codes]
    return out
