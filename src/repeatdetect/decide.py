"""Evidence to probability: an additive scorer that is data, not code.

The score of a pair is ``intercept + sum of one contribution a column``, in log-odds; each contribution is a look-up in
a step function. So every answer can be taken apart exactly, and nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.errors import InputError
from repeatdetect.ragged import Doubles


class Evidence(Protocol):
    """Columns by name, each of shape (pairs,): a DataFrame, or what works them out when asked."""

    def __len__(self) -> int: ...

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True)
class Shape:
    """Step function of one evidence column: ``scores[k]`` for values in ``(cuts[k-1], cuts[k]]``; `missing` for NaN."""

    cuts: Doubles
    scores: Doubles
    missing: float

    def __call__(self, values: npt.NDArray[np.floating]) -> Doubles:
        out: Doubles = self.scores[np.searchsorted(self._single if values.dtype == np.float32 else self.cuts, values)]
        out[np.isnan(values)] = self.missing
        return out

    @cached_property
    def _single(self) -> npt.NDArray[np.float32]:
        """The largest single number up to each cut, so that single values need not be made double to be compared."""
        near = self.cuts.astype(np.float32)
        return np.where(near > self.cuts, np.nextafter(near, np.float32(-np.inf)), near)

    @property
    def most(self) -> float:
        """The largest score it can give."""
        return max(float(self.scores.max()), self.missing)


@dataclass(frozen=True)
class Weights:
    """A weight a column and what stands in where it is unknown; log-odds are the sum."""

    intercept: float
    weight: Mapping[str, float]
    unknown: Mapping[str, float]

    def score(self, evidence: Mapping[str, Doubles]) -> Doubles:
        """Log-odds, shape (pairs,)."""
        columns = (
            weight * np.where(np.isnan(evidence[name]), self.unknown[name], evidence[name])
            for name, weight in self.weight.items()
        )
        return np.asarray(sum(columns, start=np.float64(self.intercept)), np.float64)


@dataclass(frozen=True)
class Scorer:
    """The shipped additive model.

    Attributes
    ----------
    intercept : float
        Log-odds before any evidence.
    shapes : dict of str to Shape
        One for each evidence column it uses.
    same, review, look : float
        Probabilities from which two clusters are merged, from which a person is asked about a pair across matters,
        and from which a pair opens a component to look into.
    wholes : Weights or None
        Of clusters as wholes (`repeatdetect.wholes`), None: only pairs count.
    digest : str
        SHA-256 of the JSON, first 12 digits; written into ``run.json``.
    """

    intercept: float
    shapes: dict[str, Shape]
    same: float
    review: float
    look: float
    wholes: Weights | None
    digest: str

    @staticmethod
    def from_json(raw: bytes) -> Scorer:
        """Parse a model file.

        Raises
        ------
        InputError
            When it is not such a model.
        """
        try:
            data: dict[str, Any] = json.loads(raw)
            shapes = {
                name: Shape(np.array(s["cuts"], float), np.array(s["scores"], float), float(s["missing"]))
                for name, s in data["shapes"].items()
            }
            same, review, look = (float(data[name]) for name in ("same", "review", "look"))
            wholes = Weights(**data["wholes"]) if data.get("wholes") else None
            return Scorer(
                float(data["intercept"]), shapes, same, review, look, wholes, hashlib.sha256(raw).hexdigest()[:12]
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("E150", "模型文件无法读取", hint="请使用 models/train.py 生成的 JSON 模型。") from error

    @staticmethod
    @cache
    def load() -> Scorer:
        """The shipped model."""
        return Scorer.from_json(files("repeatdetect.models").joinpath("scorer.json").read_bytes())

    def contributions(self, evidence: pd.DataFrame) -> pd.DataFrame:
        """Log-odds each column adds, with the ``intercept``; rows sum to `score`. Shape (pairs, columns + 1)."""
        out = {name: shape(evidence[name].to_numpy()) for name, shape in self.shapes.items()}
        return pd.DataFrame({"intercept": np.full(len(evidence), self.intercept), **out}, index=evidence.index)

    def score(self, evidence: Evidence) -> Doubles:
        """Log-odds that the two are one matter, shape (pairs,)."""
        total = np.full(len(evidence), self.intercept)
        for name, shape in self.shapes.items():
            total += shape(np.asarray(evidence[name]))
        return total


def probability(score: Doubles) -> Doubles:
    """Logistic function of log-odds."""
    out: Doubles = 1.0 / (1.0 + np.exp(-score))
    return out
