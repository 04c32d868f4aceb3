"""Learn the frozen IDFs and the latent-semantic space from filings; called by ``train.py``."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import svds

from repeatdetect import corpus as corpus_stage
from repeatdetect.lexical import Idf, Lexical
from repeatdetect.ragged import HashCache, Ragged

PRIOR_WEIGHT = 400.0  # the general-language IDF counts as this many filings
DIMENSIONS = 128


def _prior() -> dict[int, float]:
    """IDF of general Chinese as jieba ships it (MIT), by term id; very rare words are left out."""
    hashed = HashCache()
    lines = files("jieba").joinpath("analyse/idf.txt").read_text(encoding="utf-8").splitlines()
    return {hashed[word.lower()]: float(v) for word, v in (line.split(" ") for line in lines) if float(v) < 11.5}


def _idf(part: Ragged, prior: dict[int, float], least: int) -> Idf:
    frequency = Counter(part.ids.tolist())
    general = len(part) + (PRIOR_WEIGHT if prior else 0.0)
    values = {}
    for term in {*(t for t, c in frequency.items() if c >= least), *prior}:
        expected = np.exp(-prior[term]) * PRIOR_WEIGHT if term in prior else 0.0
        values[term] = np.log((general + 1.0) / (frequency.get(term, 0) + expected + 0.5))
    ids = np.array(sorted(values), np.uint32)
    return Idf(ids, np.array([values[t] for t in ids.tolist()], np.float32), float(np.log((general + 1.0) / 0.7)))


def learn(filings: pd.DataFrame) -> Lexical:
    """Fit all tables on canonical filings; identical texts count once."""
    features, scalars, _ = corpus_stage.encode(filings)
    once = np.sort(np.unique(scalars["text_hash"], return_index=True)[1])
    part = {name: features[name].take(once) for name in ("terms", "objects", "issues")}
    idf = {
        "terms": _idf(part["terms"], _prior(), 3),
        "objects": _idf(part["objects"], {}, 2),
        "issues": _idf(part["issues"], {}, 1),
    }
    terms = part["terms"]
    ids, column, count = np.unique(terms.ids, return_inverse=True, return_counts=True)
    keep = count >= 3
    weights = (1 + np.log(terms.weights)) * idf["terms"](terms.ids)
    matrix = sparse.csr_matrix((weights, column, terms.indptr), shape=(len(terms), len(ids)))[:, np.flatnonzero(keep)]
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = sparse.diags(1.0 / np.where(norm > 0, norm, 1)) @ matrix
    _, _, right = svds(matrix.astype(np.float64), k=min(DIMENSIONS, min(matrix.shape) - 1), random_state=0)
    return Lexical(idf, ids[keep], right.T.astype(np.float32))
