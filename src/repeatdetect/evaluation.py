"""Figures of an answer against gold: pairwise, B-cubed, per trap, block recall, calibration, threshold sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import filings as canonical_table
from repeatdetect import handed, readers
from repeatdetect.contradictions import listed
from repeatdetect.decisions import ALIASES
from repeatdetect.errors import InputError
from repeatdetect.report import written

Figures = dict[str, float]


def _figures(tp: float, fp: float, fn: float) -> Figures:
    return _told(tp / (tp + fp) if tp + fp else 0.0, tp / (tp + fn) if tp + fn else 0.0)


def _told(precision: float, recall: float) -> Figures:
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
    return _told(precision, sum(k * k / right[y] for (_, y), k in both.items()) / n)


def calibration_curve(
    chance: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64], bins: int = 10
) -> list[tuple[float, float, float]]:
    """(mean probability, share that is the same, weight) of equal-width bins of probability."""
    at = np.minimum((chance * bins).astype(int), bins - 1)
    out = []
    for k in range(bins):
        here = at == k
        mass = float(weight[here].sum())
        if mass:
            out.append((float((chance * weight)[here].sum() / mass), float((same * weight)[here].sum() / mass), mass))
    return out


def calibration_error(
    chance: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> float:
    """Expected calibration error: mean gap between probability and share, weighted by bin (10 bins)."""
    curve = calibration_curve(chance, same, weight)
    total = sum(mass for *_, mass in curve)
    return round(sum(abs(p - s) * mass for p, s, mass in curve) / total, 4) if total else 0.0


THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_GOLD: dict[str, Sequence[str]] = {
    "left_id": ALIASES["left_id"],
    "right_id": ALIASES["right_id"],
    "label": ("label", "标注"),
    "weight": ("weight", "权重"),
    "matter_id": ("matter_id", "事项编号", "事项"),
    "filing_id": canonical_table.ALIASES["filing_id"],
    "status": ("status", "初重判定"),
    "traps": ("traps", "难点"),
}
_LABELS = ("same", "related", "diff")
_SHOWN = 6  # rows in one message at most


def evaluate(result: str | Path, gold: str | Path, filings: pd.DataFrame | None = None) -> dict[str, Any]:
    """Compare what `dedupe` wrote with gold answers.

    Parameters
    ----------
    result : path
        A result folder, or its ``filings.csv``.
    gold : path
        Labelled pairs (left_id, right_id, label same | related | diff, weight) or matters (an id column, ``matter_id``
        and optionally ``status``). A ``traps.csv`` beside it gives a table per trap. Filings of the gold that the
        result lacks count as joined to nothing.
    filings : DataFrame, optional
        What was deduplicated, from `read_filings`. With it every labelled or proposed pair is scored anew
        (``scored`` is "all"). Without it only the pairs of pairs.csv have a probability ("listed"): the doubtful ones,
        so that sweep and calibration look worse than they are, and ``block_recall`` is a lower bound.

    Returns
    -------
    dict
        ``pairwise`` always; ``b_cubed``, ``status`` and ``traps`` for gold by matter; ``block_recall``, ``sweep`` over
        thresholds, ``calibration`` (mean probability, share that is the same, weight) and ``calibration_error`` where
        probabilities are known.

    Raises
    ------
    InputError
        When a file or a row of it cannot be read, the gold has neither form or contradicts itself, or nothing in it is
        of the result.
    """
    if filings is not None:
        handed.check(filings)
        filings = canonical_table.canonical(filings)
    folder, place = Path(result), Path(gold)
    table = written(folder / "filings.csv" if folder.is_dir() else folder, ("filing_id", "matter_id"))
    matter = dict(zip(table["filing_id"], table["matter_id"], strict=True))
    truth = _gold(place)
    if {"left_id", "right_id", "label"} <= set(truth.columns):
        pairs = _labelled(truth, place)
        out = _against_pairs(matter, pairs)
    elif {"filing_id", "matter_id"} <= set(truth.columns):
        truth = _assigned(truth, place)
        out = _against_matters(matter, truth, place)
        if "status" in truth.columns and "status" in table.columns:
            said = truth["filing_id"].map(dict(zip(table["filing_id"], table["status"], strict=True)))
            out["status"] = round(float((said == truth["status"]).mean()), 4)
        pairs = None
    else:
        raise InputError(
            "E120",
            "答案文件应有 left_id、right_id、label 列，或编号与 matter_id 列",
            place=place.name,
            hint="请核对表头。",
        )
    if out["missing"] == out["filings" if pairs is None else "pairs"]:
        raise InputError(
            "E123", "答案中的信访件都不在结果里", place=place.name, hint="请核对答案与结果是否同一批来件。"
        )
    if filings is not None and not filings["filing_id"].isin(matter).any():
        raise InputError("E123", "其中的信访件都不在结果里", place="导出表", hint="请给出判重时的导出表。")
    known = _scored_anew(filings, pairs) if filings is not None else _listed(folder, matter)
    if known is not None:
        out |= _about_scores(known, pairs, truth, matter, exact=filings is not None)
    return out


def _gold(path: Path) -> pd.DataFrame:
    table = readers.typed(readers.read_table(path, _GOLD, required=()), dates=())
    for name in set(table.columns) & set(_GOLD):
        table[name] = table[name].str.strip()
    return table


@dataclass(frozen=True)
class _Pairs:
    """Labelled pairs: ids, whether they are the same, how many pairs each stands for; all of one length."""

    left: list[str]
    right: list[str]
    same: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]


def _labelled(truth: pd.DataFrame, place: Path) -> _Pairs:
    """Labelled pairs, each once; rows without a label that is one are left out."""
    truth = readers.all_read(truth, place.name)
    truth = truth[truth["label"].isin(_LABELS) & (truth["left_id"] != "") & (truth["right_id"] != "")]
    keys = ["\0".join(_key(a, b)) for a, b in zip(truth["left_id"], truth["right_id"], strict=True)]
    truth = _once(truth.assign(key=keys), ["key"], ["key", "label"], place)
    try:
        weight = np.array(truth["weight"] if "weight" in truth.columns else np.ones(len(truth)), dtype=np.float64)
    except ValueError as error:
        raise InputError("E121", "权重不是数字", place=place.name, hint="请核对 weight 列。") from error
    return _Pairs(truth["left_id"].tolist(), truth["right_id"].tolist(), (truth["label"] == "same").to_numpy(), weight)


def _assigned(truth: pd.DataFrame, place: Path) -> pd.DataFrame:
    """Filings with the matter they belong to, each once; rows without either are left out."""
    truth = readers.all_read(truth, place.name)
    truth = truth[(truth["filing_id"] != "") & (truth["matter_id"] != "")]
    return _once(truth, ["filing_id"], ["filing_id", "matter_id"], place)


def _once(truth: pd.DataFrame, of: list[str], told: list[str], place: Path) -> pd.DataFrame:
    """Rows of gold without those that say the same again.

    Raises
    ------
    InputError
        When there are none, or two say different things of one filing or pair.
    """
    if not len(truth):
        raise InputError("E123", "答案中没有可对照的行", place=place.name, hint="请核对编号、标注或事项编号是否填写。")
    truth = truth.drop_duplicates(told)
    again = truth.duplicated(of, keep=False)
    if again.any():
        rows = listed(truth.loc[again, "row"].head(_SHOWN))
        raise InputError(
            "E122", "同一件或同一对有两个答案", place=f"{place.name} 第 {rows} 行", hint="请改正其中一处。"
        )
    return truth


def _against_pairs(matter: dict[str, str], pairs: _Pairs) -> dict[str, Any]:
    both = list(zip(pairs.left, pairs.right, strict=True))
    together = np.array([a in matter and matter[a] == matter.get(b) for a, b in both], dtype=bool)
    return {
        "pairs": len(both),
        "missing": sum(a not in matter or b not in matter for a, b in both),
        "pairwise": weighted(together, pairs.same, pairs.weight),
    }


def _against_matters(matter: dict[str, str], truth: pd.DataFrame, place: Path) -> dict[str, Any]:
    ids = truth["filing_id"].tolist()
    ours, gold = [matter.get(name, f"\0{name}") for name in ids], truth["matter_id"].tolist()
    out: dict[str, Any] = {
        "filings": len(ids),
        "missing": sum(name not in matter for name in ids),
        "pairwise": pairwise(ours, gold),
        "b_cubed": b_cubed(ours, gold),
    }
    traps = place.with_name("traps.csv")
    tags = _gold(traps) if traps.exists() else pd.DataFrame()
    if {"filing_id", "traps"} <= set(tags.columns):
        out["traps"] = _traps(dict(zip(tags["filing_id"], tags["traps"], strict=True)), ids, ours, gold)
    return out


def _traps(tags: dict[str, str], ids: list[str], ours: list[str], gold: list[str]) -> dict[str, Figures]:
    """B-cubed of the filings that carry each trap."""
    both, left, right = Counter(zip(ours, gold, strict=True)), Counter(ours), Counter(gold)
    found: dict[str, list[tuple[float, float]]] = {}
    for name, a, b in zip(ids, ours, gold, strict=True):
        for tag in tags.get(name, "").replace("、", " ").replace("|", " ").split():
            found.setdefault(tag, []).append((both[a, b] / left[a], both[a, b] / right[b]))
    out = {}
    for tag in sorted(found, key=lambda tag: (len(tag), tag)):
        precision, recall = np.mean(found[tag], axis=0)
        out[tag] = {"filings": len(found[tag]), "precision": round(precision, 3), "recall": round(recall, 3)}
    return out


_Known = dict[tuple[str, str], tuple[float, bool]]  # pair in order of ids -> (probability, proposed)


def _key(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _listed(folder: Path, matter: dict[str, str]) -> _Known | None:
    """Pairs that the result lists; None when it is not a folder."""
    if not folder.is_dir():
        return None
    table = written(folder / "pairs.csv", ("left_id", "right_id", "probability"))
    rows = zip(table["left_id"], table["right_id"], table["probability"], strict=True)
    return {_key(a, b): (float(p), True) for a, b, p in rows}


def _scored_anew(filings: pd.DataFrame, pairs: _Pairs | None) -> _Known:
    """Every proposed and every labelled pair with its probability."""
    from repeatdetect.comparable import Comparable
    from repeatdetect.corpus import prepare
    from repeatdetect.decide import Scorer, probability
    from repeatdetect.propose import propose
    from repeatdetect.scoring import score_pairs

    ordered = filings.iloc[canonical_table.canonical_rows(filings)]
    corpus = prepare(ordered)
    data, scorer, proposed = Comparable.of(corpus), Scorer.load(), propose(corpus)
    ids = corpus.filings["filing_id"].tolist()
    row = {name: at for at, name in enumerate(ids)}
    known = dict.fromkeys(zip(proposed.left.tolist(), proposed.right.tolist(), strict=True), True)
    for a, b in zip(pairs.left, pairs.right, strict=True) if pairs else ():
        if a in row and b in row and a != b:
            known.setdefault((min(row[a], row[b]), max(row[a], row[b])), False)
    left, right = np.array(list(known), dtype=np.int64).reshape(-1, 2).T
    chance = probability(score_pairs(data, scorer, left, right)).tolist()
    return {_key(ids[a], ids[b]): (p, known[a, b]) for (a, b), p in zip(known, chance, strict=True)}


def _about_scores(
    known: _Known, pairs: _Pairs | None, truth: pd.DataFrame, matter: dict[str, str], *, exact: bool
) -> dict[str, Any]:
    """What probabilities say: block recall, calibration, figures at other thresholds."""
    if pairs is not None:
        keys = [_key(a, b) for a, b in zip(pairs.left, pairs.right, strict=True)]
        same, weight = pairs.same, pairs.weight
        found = np.array(
            [known[k][1] if k in known else not exact and k[0] in matter and matter[k[0]] == matter.get(k[1]) for k in keys],
            dtype=bool,
        )  # fmt: skip
        all_same = float(weight[same].sum())
        recalled = float(weight[same & found].sum())
        scored = np.array([k in known for k in keys], dtype=bool)
        keys = [k for k in keys if k in known]
        same, weight = same[scored], weight[scored]
    else:
        gold = dict(zip(truth["filing_id"], truth["matter_id"], strict=True))
        keys = [k for k in known if k[0] in gold and k[1] in gold]
        same = np.array([gold[a] == gold[b] for a, b in keys], dtype=bool)
        weight = np.ones(len(keys))
        all_same = _pairs(Counter(gold.values()))
        joined = Counter((matter[name], group) for name, group in gold.items() if name in matter)
        apart = sum(bool(s) and matter.get(a) != matter.get(b) for (a, b), s in zip(keys, same, strict=True))
        recalled = float(same.sum()) if exact else _pairs(joined) + apart
    reachable = all_same if exact else float(weight[same].sum())
    chance = np.array([known[k][0] for k in keys], dtype=np.float64)
    sweep = {}
    for threshold in THRESHOLDS:
        above = chance >= threshold
        tp = float(weight[above & same].sum())
        sweep[f"{threshold:g}"] = _figures(tp, float(weight[above & ~same].sum()), reachable - tp)
    return {
        "block_recall": round(recalled / all_same, 4) if all_same else 1.0,
        "scored_pairs": len(keys),
        "scored": "all" if exact else "listed",
        "calibration_error": calibration_error(chance, same, weight),
        "calibration": calibration_curve(chance, same, weight),
        "sweep": sweep,
    }
