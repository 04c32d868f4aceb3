"""Figures of an answer against gold: pairwise, B-cubed, calibration, threshold sweep, per trap."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.errors import InputError

Figures = dict[str, float]


def _figures(tp: float, fp: float, fn: float) -> Figures:
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def weighted(together: npt.NDArray[np.bool_], same: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]) -> Figures:
    """Precision, recall and F1 over labelled pairs that each stand for `weight` pairs; all shapes (pairs,)."""
    tp = float(weight[together & same].sum())
    return _figures(tp, float(weight[together & ~same].sum()), float(weight[~together & same].sum()))


def _pairs(counts: Counter[Any]) -> float:
    return float(sum(n * (n - 1) // 2 for n in counts.values()))


def pairwise(label: npt.ArrayLike, gold: npt.ArrayLike) -> Figures:
    """Pairwise figures of two groupings of the same filings, shapes (n,), from the sizes of their intersections."""
    a, b = np.asarray(label).tolist(), np.asarray(gold).tolist()
    tp = _pairs(Counter(zip(a, b, strict=True)))
    return _figures(tp, _pairs(Counter(a)) - tp, _pairs(Counter(b)) - tp)


def b_cubed(label: npt.ArrayLike, gold: npt.ArrayLike) -> Figures:
    """B-cubed figures (Bagga & Baldwin 1998): per filing, how pure its group is and how much of its matter it holds."""
    a, b = np.asarray(label).tolist(), np.asarray(gold).tolist()
    both, left, right = Counter(zip(a, b, strict=True)), Counter(a), Counter(b)
    n = len(a) or 1
    precision = sum(k * k / left[x] for (x, _), k in both.items()) / n
    recall = sum(k * k / right[y] for (_, y), k in both.items()) / n
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def calibration_curve(
    score: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64], bins: int = 10
) -> list[tuple[float, float, float]]:
    """(mean probability, share that is the same, weight) of equal-width bins of probability."""
    chance = 1 / (1 + np.exp(-score))
    at = np.minimum((chance * bins).astype(int), bins - 1)
    out = []
    for k in range(bins):
        here = at == k
        mass = float(weight[here].sum())
        if mass:
            out.append((float((chance * weight)[here].sum() / mass), float((same * weight)[here].sum() / mass), mass))
    return out


def calibration_error(
    score: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> float:
    """Expected calibration error: mean gap between probability and share, weighted by bin (10 bins)."""
    curve = calibration_curve(score, same, weight)
    total = sum(mass for *_, mass in curve)
    return round(sum(abs(p - s) * mass for p, s, mass in curve) / total, 4) if total else 0.0


def evaluate(result: str | Path, gold: str | Path) -> dict[str, Any]:
    """Compare what `dedupe` wrote with gold answers.

    Parameters
    ----------
    result : path
        A result folder, or its ``filings.csv``.
    gold : path
        CSV of labelled pairs (left_id, right_id, label, weight) or of matters (an id column, ``matter_id`` and
        optionally ``status``). A ``traps.csv`` beside it gives a table per trap.

    Returns
    -------
    dict
        ``pairwise`` always; ``sweep`` and ``calibration`` where pairs.csv knows the probability; ``b_cubed``,
        ``status`` and ``traps`` for gold by matter.

    Raises
    ------
    InputError
        When a file is missing or has neither form.
    """
    folder = Path(result)
    table = _read(folder / "filings.csv" if folder.is_dir() else folder)
    truth = _read(Path(gold))
    matter = dict(zip(table["filing_id"], table["matter_id"], strict=True))
    if {"left_id", "right_id", "label"} <= set(truth.columns):
        return _against_pairs(matter, truth, folder)
    if "matter_id" not in truth.columns:
        raise InputError(
            "E120", "答案文件应有 left_id/right_id/label 或 matter_id 列", place=Path(gold).name, hint="请核对表头。"
        )
    key = next(c for c in truth.columns if c != "matter_id")
    known = truth[truth[key].isin(matter.keys())]
    ours = known[key].map(matter)
    out: dict[str, Any] = {
        "filings": len(known),
        "missing": len(truth) - len(known),
        "pairwise": pairwise(ours.to_numpy(), known["matter_id"].to_numpy()),
        "b_cubed": b_cubed(ours.to_numpy(), known["matter_id"].to_numpy()),
    }
    if "status" in known.columns:
        status = known[key].map(dict(zip(table["filing_id"], table["status"], strict=True)))
        out["status"] = round(float((status == known["status"]).mean()), 4)
    traps = Path(gold).with_name("traps.csv")
    if traps.exists():
        out["traps"] = _traps(_read(traps), key, ours.to_numpy(), known)
    return out


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError("E101", "文件无法读取", place=path.name, hint="请检查路径。") from error


def _against_pairs(matter: dict[str, str], truth: pd.DataFrame, folder: Path) -> dict[str, Any]:
    truth = truth[truth["label"].isin(["same", "related", "diff"])]
    weight = np.array(truth["weight"] if "weight" in truth.columns else np.ones(len(truth)), dtype=np.float64)
    same = (truth["label"] == "same").to_numpy()
    left, right = truth["left_id"].map(matter), truth["right_id"].map(matter)
    together = (left.notna() & (left == right)).to_numpy()
    out: dict[str, Any] = {
        "pairs": len(truth),
        "missing": int((left.isna() | right.isna()).sum()),
        "pairwise": weighted(together, same, weight),
    }
    pairs = folder / "pairs.csv"
    if folder.is_dir() and pairs.exists():
        known = _read(pairs)
        chance = {
            frozenset((a, b)): float(p)
            for a, b, p in zip(known["left_id"], known["right_id"], known["probability"], strict=True)
        }
        value = np.array(
            [chance.get(frozenset(p), np.nan) for p in zip(truth["left_id"], truth["right_id"], strict=True)]
        )
        has = ~np.isnan(value)
        out["scored_pairs"] = int(has.sum())
        clipped = np.clip(value[has], 1e-9, 1 - 1e-9)
        out["calibration"] = calibration_curve(np.log(clipped / (1 - clipped)), same[has], weight[has])
        out["sweep"] = {
            f"{t:.1f}": weighted(value[has] >= t, same[has], weight[has]) for t in (0.2, 0.3, 0.5, 0.7, 0.8, 0.9)
        }
    return out


def _traps(traps: pd.DataFrame, key: str, ours: npt.NDArray[Any], known: pd.DataFrame) -> dict[str, Figures]:
    """B-cubed of the filings that carry each trap."""
    gold = known["matter_id"].to_numpy()
    both, left, right = Counter(zip(ours, gold, strict=True)), Counter(ours), Counter(gold)
    row = {name: k for k, name in enumerate(known[key])}
    found: dict[str, list[int]] = {}
    for name, tags in zip(traps.iloc[:, 0], traps["traps"], strict=True):
        for tag in tags.split():
            if name in row:
                found.setdefault(tag, []).append(row[name])
    out = {}
    for tag, rows in sorted(found.items(), key=lambda item: int(item[0][1:]) if item[0][1:].isdigit() else 99):
        precision = float(np.mean([both[ours[k], gold[k]] / left[ours[k]] for k in rows]))
        recall = float(np.mean([both[ours[k], gold[k]] / right[gold[k]] for k in rows]))
        out[tag] = {"filings": len(rows), "precision": round(precision, 3), "recall": round(recall, 3)}
    return out
