"""Learn the frozen IDFs from filings and write them; called by ``train.py``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.encoding import encode
from repeatdetect.lexical import Idf
from repeatdetect.ragged import HashCache, Ragged

Doubles = npt.NDArray[np.float64]
PRIOR_WEIGHT = 400.0  # the general-language IDF counts as this many filings


def _prior() -> dict[int, float]:
    """IDF of general Chinese as jieba ships it (MIT), by term id; very rare words are left out."""
    hashed = HashCache()
    lines = files("jieba").joinpath("analyse/idf.txt").read_text(encoding="utf-8").splitlines()
    return {hashed[word.lower()]: float(v) for word, v in (line.split(" ") for line in lines) if float(v) < 11.5}


def _idf(part: Ragged, share: Doubles, prior: dict[int, float], least: float) -> Idf:
    ids, inverse = np.unique(part.ids, return_inverse=True)
    frequency = dict(zip(ids.tolist(), np.bincount(inverse, weights=share[part.rows]).tolist(), strict=True))
    general = float(share.sum()) + (PRIOR_WEIGHT if prior else 0.0)
    values = {}
    for term in {*(t for t, c in frequency.items() if c >= least), *prior}:
        expected = np.exp(-prior[term]) * PRIOR_WEIGHT if term in prior else 0.0
        values[term] = np.log((general + 1.0) / (frequency.get(term, 0) + expected + 0.5))
    known = np.array(sorted(values), np.uint32)
    return Idf(known, np.array([values[t] for t in known.tolist()], np.float32), float(np.log((general + 1.0) / 0.7)))


def learn(filings: pd.DataFrame, matter: npt.NDArray[np.int64]) -> dict[str, Idf]:
    """Fit the tables of all features on canonical filings.

    A matter counts once, however many filings it has: the name at the heart of a hot topic stands in hundreds of
    filings and is still the most telling word there is.

    Parameters
    ----------
    filings : DataFrame
    matter : int64, shape (filings,)
        Matter of each filing, of gold or of a first pass.
    """
    part, _, _ = encode(filings)
    _, inverse, size = np.unique(matter, return_inverse=True, return_counts=True)
    share = 1.0 / size[inverse]
    return {
        "terms": _idf(part["terms"], share, _prior(), 2.5),
        "objects": _idf(part["objects"], share, {}, 1.5),
        "org": _idf(part["org"], share, {}, 0.9),
        "issues": _idf(part["issues"], share, {}, 0.1),
    }


def save(idf: dict[str, Idf], path: Path) -> None:
    """Write the frozen IDFs as plain arrays, values as float16."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, table in idf.items():
        arrays |= {f"{name}_ids": table.ids, f"{name}_idf": table.values.astype(np.float16)}
        arrays[f"{name}_unseen"] = np.array([table.unseen], np.float32)
    np.savez_compressed(path, allow_pickle=False, **arrays)
