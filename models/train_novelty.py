"""Train what tells new passages from old ones: ``novelty.json`` and its figures.

    python models/train_novelty.py                  # fit, measure county by county, write
    python models/train_novelty.py --measure-only   # figures only, nothing written

Every county's ``new_facts.csv`` has passages that a right ``new_content`` contains and passages that it must not. A
clause is labelled by the passage it lies in; a ridge-penalised logistic regression weighs features and characters. Each
county is measured by a model that never saw it, with filings grouped as in gold.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

import repeatdetect as rd
from repeatdetect import corpus as corpus_stage
from repeatdetect import novelty, repeats, text
from repeatdetect.filings import canonical_rows
from repeatdetect.novelty import FEATURES, Measured, Novelty

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "repeatdetect" / "models" / "novelty.json"
FOLDERS = (ROOT / "examples" / "anlan", *sorted((ROOT / "models" / "data").glob("*/")))
PENALTY = 0.0002  # inverse strength of the ridge: most characters say little
FROM_BEFORE, FROM_AFTER = 0.3, 0.1  # what a clause takes of its neighbours
TRUST = 1.5  # how much more a named feature is trusted than a character
LEAST_USES = 70  # clauses a character stands in before it gets a weight
MENTION = 0.3  # share of a clause up to which a repeated passage is but a mention: what else it tells may be news
FOUND = 0.87  # share of new passages to be found, out of county, which sets the threshold
Doubles = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass
class County:
    """Filings in order of matter and time, gold, and the measured clauses with labels (1 new, 0 old, -1 unknown)."""

    name: str
    filings: pd.DataFrame
    gold: pd.DataFrame
    passages: pd.DataFrame
    measured: Measured
    label: Index

    @staticmethod
    def load(folder: Path) -> County:
        """Read a county."""
        filings = rd.read_filings(folder / "filings.csv")
        filings = filings.iloc[canonical_rows(filings)].reset_index(drop=True)
        gold = table(folder / "gold_filings.csv").reindex(filings["filing_id"])
        matter = pd.factorize(gold["matter_id"], sort=True)[0].astype(np.int64)
        order = np.argsort(matter, kind="stable")
        filings, gold, matter = filings.iloc[order].reset_index(drop=True), gold.iloc[order], matter[order]
        copy = repeats.copies([text.normalise(value) for value in filings["text"]], matter) >= 0
        passages = table(folder / "new_facts.csv")
        measured = novelty.measure(filings, matter, copy)
        return County(folder.name, filings, gold, passages, measured, _labels(filings, passages, measured))


def table(path: Path) -> pd.DataFrame:
    """A file of a county, by id of filing."""
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False).set_index("信访编号")


def _spans(cell: str, value: str) -> Iterable[tuple[int, int]]:
    """Where the passages of a cell stand in a text."""
    for passage in filter(None, cell.split("|")):
        at = value.find(passage)
        while at >= 0:
            yield at, at + len(passage)
            at = value.find(passage, at + 1)


def _labels(filings: pd.DataFrame, passages: pd.DataFrame, measured: Measured) -> Index:
    label = np.full(len(measured.row), -1, np.int64)
    for row, (name, value) in enumerate(zip(filings["filing_id"], filings["text"], strict=True)):
        if name not in passages.index:
            continue
        here = np.flatnonzero(measured.row == row)
        start, end = measured.start[here], measured.end[here]
        for column, is_new in (("old_spans", 0), ("new_spans", 1)):
            for a, b in _spans(passages.loc[name, column], value):
                shared = np.minimum(end, b) - np.maximum(start, a)
                much = shared >= (0.5 if is_new else MENTION) * (end - start)
                if is_new:
                    much |= shared >= 0.5 * (b - a)
                label[here[(shared >= 2) & much]] = is_new
        if passages.loc[name, "has_new"] == "no":  # of minor news nobody said where it stands
            label[here[label[here] < 0]] = 0
    return label


def fit(counties: Sequence[County], least: float = 0.0) -> Novelty:
    """Weights of features and characters; every county counts the same."""
    uses = sum(np.bincount(c.measured.character, minlength=0x10000) for c in counties)
    weighed = np.flatnonzero(np.asarray(uses) >= LEAST_USES)
    column = np.full(0x10000, -1)
    column[weighed] = np.arange(len(weighed))
    parts, target, weight = [], [], []
    for county in counties:
        measured = county.measured
        present = np.zeros((len(measured.row), len(weighed)))
        at = column[measured.character]
        present[measured.of_clause[at >= 0], at[at >= 0]] = 1
        known = county.label >= 0
        parts.append(
            novelty.with_neighbours(measured, np.hstack([measured.features, present]), FROM_BEFORE, FROM_AFTER)[known]
        )
        target.append(county.label[known])
        weight.append(np.full(known.sum(), 1000 / known.sum()))
    x = np.concatenate(parts)
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    scale[: len(FEATURES)] /= TRUST
    model = LogisticRegression(C=PENALTY, max_iter=2000)
    model.fit((x - mean) / scale, np.concatenate(target), sample_weight=np.concatenate(weight))
    weights = model.coef_[0] / scale
    intercept = float(model.intercept_[0] - weights @ mean)
    characters = np.zeros(0x10000)
    characters[weighed] = weights[len(FEATURES) :]
    return Novelty(intercept, weights[: len(FEATURES)], characters, FROM_BEFORE, FROM_AFTER, least)


def weakest(county: County, score: Doubles, column: str) -> Doubles:
    """For each passage of a column the score of its weakest clause: it is shown when that one is."""
    found = []
    rows = {name: row for row, name in enumerate(county.filings["filing_id"])}
    measured = county.measured
    for name, cell in county.passages[column].items():
        here = measured.row == rows[name]
        for a, b in list(_spans(cell, county.filings["text"][rows[name]])):
            inside = score[here & (measured.start < b) & (measured.end > a)]
            found.append(inside.min() if len(inside) else -np.inf)
    return np.array(found)


def figures(county: County, model: Novelty) -> dict[str, object]:
    """The figures of acceptance, with filings grouped as in gold, through the same function as `detect`."""
    answer = classified(county, model)
    shown = dict(zip(county.filings["filing_id"], answer["new_content"], strict=True))
    hits: dict[str, list[bool]] = {"new_spans": [], "old_spans": []}
    for column, found in hits.items():
        for name, cell in county.passages[column].items():
            found += [passage in shown[str(name)] for passage in filter(None, cell.split("|"))]
    copy = county.gold["relation"].isin(["verbatim", "transferred"]).to_numpy()
    empty = [shown[name] == "" for name in county.filings["filing_id"][copy]]
    return {
        "new passages shown": round(float(np.mean(hits["new_spans"])), 3),
        "repeated passages shown": round(float(np.mean(hits["old_spans"])), 3),
        "copies without new content": f"{sum(empty)}/{len(empty)}",
        "status right": round(float((answer["status"].to_numpy() == county.gold["status"].to_numpy()).mean()), 3),
    }


def classified(county: County, model: Novelty) -> pd.DataFrame:
    """What `repeats.classify` says of a county grouped as in gold."""
    corpus = corpus_stage.prepare(county.filings)
    label = county.filings.groupby(county.gold["matter_id"].to_numpy()).transform(lambda c: c.index[0]).iloc[:, 0]
    none = np.empty(0, np.int64)
    return repeats.classify(corpus, label.to_numpy(np.int64), none, none, np.empty(0), {}, model)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure-only", action="store_true")
    args = parser.parse_args()
    counties = [County.load(folder) for folder in FOLDERS]
    apart = {c.name: fit([other for other in counties if other is not c]) for c in counties}
    found = np.concatenate([weakest(c, apart[c.name].score(c.measured), "new_spans") for c in counties])
    least = round(float(np.quantile(found, 1 - FOUND)), 2)
    report: dict[str, object] = {"threshold": least}
    shipped = fit(counties, least)
    for county in counties:
        model = apart[county.name]
        model = replace(model, least=least)
        report[county.name] = {"county left out": figures(county, model), "shipped": figures(county, shipped)}
        print(county.name, json.dumps(report[county.name], ensure_ascii=False), flush=True)
    if args.measure_only:
        return
    used = np.flatnonzero(shipped.characters)
    model_file = {
        "intercept": round(shipped.intercept, 4), "from_before": FROM_BEFORE, "from_after": FROM_AFTER, "least": least,
        "features": {name: round(float(w), 4) for name, w in zip(FEATURES, shipped.features, strict=True)},
        "characters": {chr(c): round(float(shipped.characters[c]), 4) for c in used},
    }  # fmt: skip
    OUT.write_text(json.dumps(model_file, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (ROOT / "models" / "novelty_figures.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
