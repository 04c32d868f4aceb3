"""Filings made comparable: hashed terms and facts, columnar, nothing learned from the export itself."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import facts as fact_stage
from repeatdetect.batch import FEATURES
from repeatdetect.cells import held_once
from repeatdetect.encoding import SCALARS, TOLD, USED, encode
from repeatdetect.jobs import PARALLEL_FROM, each, trim_heap
from repeatdetect.petitioners import Petitioner, read
from repeatdetect.ragged import Index, Ragged

Progress = Callable[[str, int, int], None]
Features = dict[str, Ragged]
Scalars = dict[str, npt.NDArray[Any]]
Told = dict[str, list[str]]

_HEAD = struct.Struct("<dfBB")  # of a blob: the scalars
_KINDS = (np.float64, np.float32, np.uint8, np.uint8)


@dataclass(frozen=True)
class Corpus:
    """Filings with their features.

    Attributes
    ----------
    filings : DataFrame
        Canonical columns, RangeIndex.
    features : dict of str to Ragged
        One row a filing for each name in ``FEATURES``. ``terms`` and ``title`` hold counts. Where they have been
        released they are made again of the filings when asked for.
    scalars : dict of str to ndarray, shape (n,)
        ``day`` (days since 1970, NaN unknown), ``length`` (characters of the text as filed), ``named`` (1 named, 0
        anonymous), ``sure`` (1 where an accused is named in full by a field or with a title).
    told : dict of str to list of str, length n
        What the filing says in words: ``accused`` (names joined by 、), ``field`` ("1" when read from the field),
        ``posts`` of the accused, ``town``, ``village``, ``unit``, ``issues`` (most frequent first).
    """

    filings: pd.DataFrame
    _features: Features
    scalars: Scalars
    told: Told
    _facts: dict[int, fact_stage.FilingFacts] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.filings)

    @cached_property
    def petitioners(self) -> list[Petitioner]:
        """Who filed each."""
        return read(self.filings)

    @property
    def features(self) -> Features:
        """See above."""
        if not self._features:
            self._features.update(prepare(self.filings)._features)
        return self._features

    def released(self) -> Features:
        """The features, which this corpus holds no longer: whoever takes the last one of each from them frees it."""
        features = dict(self.features)
        self._features.clear()
        return features

    def take(self, rows: Index) -> Corpus:
        """Filings in the order asked for."""
        rows = np.asarray(rows, dtype=np.int64)
        return Corpus(
            self.filings.iloc[rows].reset_index(drop=True),
            {name: part.take(rows) for name, part in self._features.items()},
            {name: values[rows] for name, values in self.scalars.items()},
            {name: [values[row] for row in rows.tolist()] for name, values in self.told.items()},
        )

    @staticmethod
    def concat(parts: list[Corpus]) -> Corpus:
        """Filings of several corpora, one after the other."""
        return Corpus(
            pd.concat([part.filings for part in parts], ignore_index=True),
            *_joined([(dict(part.features), part.scalars, part.told) for part in parts]),
        )

    def facts(self, row: int) -> fact_stage.FilingFacts:
        """Facts of one filing with their spans; read again from the text when first asked for."""
        if row not in self._facts:
            self._facts[row] = fact_stage.extract({name: self.filings[name].iat[row] for name in USED})
        return self._facts[row]

    def dumps(self) -> list[bytes]:
        """Features of each filing as bytes, for a store; texts and fields are not in it."""
        out = []
        scalars = [self.scalars[name] for name in SCALARS]
        parts = [self.features[name] for name in FEATURES]
        halves = [(part.indptr.tolist(), part.ids, part.weights.astype(np.float16)) for part in parts]
        for row in range(len(self)):
            pieces = [_HEAD.pack(*(values[row] for values in scalars))]
            for indptr, ids, weights in halves:
                cells = slice(indptr[row], indptr[row + 1])
                pieces += [struct.pack("<I", cells.stop - cells.start), ids[cells].tobytes(), weights[cells].tobytes()]
            pieces.append("\x1f".join(self.told[name][row] for name in TOLD).encode())
            out.append(b"".join(pieces))
        return out

    @staticmethod
    def loads(filings: pd.DataFrame, blobs: list[bytes]) -> Corpus:
        """Corpus of `filings` with the features that `dumps` gave.

        Raises
        ------
        ValueError
            When there is not exactly one blob a filing.
        """
        if len(filings) != len(blobs):
            raise ValueError("one blob a filing")
        pieces = [_loaded(blobs[at : at + _TOGETHER]) for at in range(0, max(len(blobs), 1), _TOGETHER)]
        return Corpus(filings.reset_index(drop=True), *_joined(pieces))


_MANY = 1 << 22  # entries from which trimming the heap pays
_TOGETHER = 1000  # filings encoded, or read from a store, together; keeps memory flat


def prepare(filings: pd.DataFrame, jobs: int = 1) -> Corpus:
    """Make a corpus of canonical filings.

    Parameters
    ----------
    filings : DataFrame
        Canonical columns.
    jobs : int
        Processes; the answer does not depend on it.

    Returns
    -------
    Corpus
        Depends on each filing alone: not on its neighbours, their order or the number of processes.
    """
    filings = filings.reset_index(drop=True)
    used = filings[[*USED, "date"]]
    parts = [used.iloc[at : at + _TOGETHER] for at in range(0, max(len(used), 1), _TOGETHER)]
    done = each(encode, zip(parts), jobs if len(filings) >= PARALLEL_FROM else 1)
    return Corpus(filings, *_joined(done))


def _joined(parts: Sequence[tuple[Features, Scalars, Told]]) -> tuple[Features, Scalars, Told]:
    """One after the other; what is joined is taken from the parts, so that no feature is held twice."""
    return (
        {name: _taken(name, [features for features, _, _ in parts]) for name in FEATURES},
        {name: np.concatenate([scalars[name] for _, scalars, _ in parts]) for name in SCALARS},
        {name: held_once(value for _, _, told in parts for value in told[name]) for name in TOLD},
    )


def _taken(name: str, parts: Sequence[Features]) -> Ragged:
    """One feature of all parts; what its pieces held goes back to the system before the next one is joined."""
    out = Ragged.concat([features.pop(name) for features in parts])
    if len(out.ids) > _MANY:
        trim_heap()
    return out


def _loaded(blobs: Sequence[bytes]) -> tuple[Features, Scalars, Told]:
    """What `Corpus.dumps` gave, a feature of all filings at a time: everything before the words has even length."""
    table = np.frombuffer(b"".join(blob if len(blob) % 2 == 0 else blob + b"\0" for blob in blobs), np.uint16)
    size = np.array([(len(blob) + 1) // 2 for blob in blobs], np.int64)
    start = np.cumsum(size) - size
    at = start + _HEAD.size // 2

    def words_at(place: Index) -> npt.NDArray[np.uint32]:
        return table[place] | (table[place + 1].astype(np.uint32) << np.uint32(16))

    features = {}
    for name in FEATURES:
        count = words_at(at).astype(np.int64)
        indptr = np.concatenate([[0], np.cumsum(count)])
        nth = np.arange(indptr[-1]) - np.repeat(indptr[:-1], count)
        ids = words_at(np.repeat(at + 2, count) + 2 * nth)
        weights = table[np.repeat(at + 2 + 2 * count, count) + nth].view(np.float16).astype(np.float32)
        features[name] = Ragged(indptr, ids, weights)
        at = at + 2 + 3 * count
    columns = list(zip(*map(_HEAD.unpack_from, blobs), strict=True)) or [()] * len(SCALARS)
    scalars = {name: np.array(column, kind) for name, column, kind in zip(SCALARS, columns, _KINDS, strict=True)}
    words = [blob[2 * end :].decode().split("\x1f") for blob, end in zip(blobs, (at - start).tolist(), strict=True)]
    return features, scalars, {name: [row[k] for row in words] for k, name in enumerate(TOLD)}
