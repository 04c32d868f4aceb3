"""Train the shipped scorer: labelled pairs in, ``scorer.json`` and the figures of the card out.

    python -m models.train                  # learn the tables, fit, measure by topic, write
    python -m models.train --measure-only   # figures only, nothing written
    python -m models.train --decisions D.csv EXPORT…   # add an office's own decisions, with before and after

The additive model is gradient boosting of single-split trees (scikit-learn), monotone in the columns where agreement
can only speak for one matter; a sum of stumps is a sum of step functions, one a column, which is what is written.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd
from benchmarks import generate
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

import repeatdetect as rd
from models import lexical_tables, pooled_examples
from repeatdetect import corpus as corpus_stage
from repeatdetect import evaluation, lexical, matters
from repeatdetect.attach import POOLED, attach
from repeatdetect.compare import EVIDENCE, Comparable, compare
from repeatdetect.decide import Scorer, Shape
from repeatdetect.decisions import labelled_pairs
from repeatdetect.filings import canonical_order
from repeatdetect.propose import propose
from repeatdetect.ragged import matrices, row_dots

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("REPEATDETECT_SHARED", ROOT.parent / "shared"))
OUT = ROOT / "src" / "repeatdetect" / "models"
FOLDS = 8
FEWER = 4  # folds where only examples for the second look come of it
SAME, REVIEW, LOOK = 0.77, 0.35, 0.25
VETO = -8.0  # log-odds of two contradictions at once (another accused and another place): never one matter
CIRCULATED = 0.6  # cosine from which letters with another accused or village are one circulated letter: never joined
BY_TOPIC = ("anlan", "chenghe", "city")  # the other counties are so hard that figures with them left out say it all
MOST = 15_000  # pairs of different matters that a set teaches with
ENOUGH = 1000  # decisions of an office that count as much as a data set; doubtful pairs only would teach it to doubt
#: what a set counts; 望潮 is told so differently from filing to filing (TF-IDF with connected components reaches F1 .14,
#: on 安澜 .48) that at full weight it teaches to join what shares next to nothing
COUNTS = {"wangchao": 0.2}
MASS = 800  # generated filings: bodies of one kind and complaints in the same words about other people, in plenty
ALIKE = 0.45  # cosine from which two messages count as one matter when frequencies are learned
DIRECTION = {**EVIDENCE, **POOLED}
Doubles = npt.NDArray[np.float64]


@dataclass
class Labelled:
    """One data set: comparable filings, labelled pairs with weights, and the fold (topic-wise) of each filing."""

    name: str
    filings: pd.DataFrame
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    same: npt.NDArray[np.bool_]
    weight: Doubles
    fold: npt.NDArray[np.int64]
    gold: npt.NDArray[np.object_] | None
    share: float = 1.0  # of the weight of a data set
    data: Comparable | None = None
    evidence: pd.DataFrame | None = None

    def prepare(self) -> None:
        """Compute evidence with the tables now loaded."""
        self.data = Comparable.of(corpus_stage.prepare(self.filings))
        self.evidence = compare(self.data, self.left, self.right)


def _sorted(filings: pd.DataFrame) -> pd.DataFrame:
    return filings.iloc[np.argsort(canonical_order(filings).to_numpy())].reset_index(drop=True)


def _folds(topic: Sequence[object], seed: int = 0) -> npt.NDArray[np.int64]:
    names, inverse = np.unique(np.array(topic, dtype=object).astype(str), return_inverse=True)
    fold = np.arange(len(names)) % FOLDS
    np.random.default_rng(seed).shuffle(fold)
    return fold[inverse].astype(np.int64)


def county(folder: Path) -> Labelled:
    """A county with gold matters."""
    gold = pd.read_csv(folder / "gold_filings.csv", dtype=str, encoding="utf-8-sig")
    return _of_gold(folder.name, rd.read_filings(folder / "filings.csv"), gold)


def mass() -> Labelled:
    """A generated county."""
    with TemporaryDirectory() as folder:
        made = generate.write(MASS, Path(folder), seed=3)
        gold = pd.read_csv(made / "gold.csv", dtype=str, encoding="utf-8-sig")
        return _of_gold("mass", rd.read_filings(made / "filings.csv"), gold)


def _of_gold(name: str, filings: pd.DataFrame, gold: pd.DataFrame) -> Labelled:
    """Every pair of one matter, every proposed pair, a sample of the rest."""
    filings = _sorted(filings)
    matter = gold.set_index("信访编号")["matter_id"].reindex(filings["filing_id"]).to_numpy()
    proposed = propose(corpus_stage.prepare(filings))
    n = len(filings)
    i, j = np.triu_indices(n, 1)
    same = matter[i] == matter[j]
    kept = same | np.isin(i * n + j, proposed.left * n + proposed.right)
    kept |= np.random.default_rng(1).random(len(i)) < 4000 / len(i)
    i, j, same = i[kept].astype(np.int64), j[kept].astype(np.int64), same[kept]
    taken, weight = thinned(same, np.ones(len(i)))
    found = Labelled(name, filings, i[taken], j[taken], same[taken], weight, _folds(matter.tolist()), matter)
    return dataclasses.replace(found, share=COUNTS.get(name, 1.0))


def thinned(same: npt.NDArray[np.bool_], weight: Doubles) -> tuple[npt.NDArray[np.int64], Doubles]:
    """Rows of all examples, or of all of one matter and a sample of the others that weighs as much as they did."""
    different = np.flatnonzero(~same)
    if len(different) <= MOST:
        return np.arange(len(same)), weight
    kept = np.sort(np.random.default_rng(2).choice(different, MOST, replace=False))
    rows = np.sort(np.concatenate([np.flatnonzero(same), kept]))
    factor = np.where(same, 1.0, weight[different].sum() / weight[kept].sum())
    return rows, (weight * factor)[rows]


def city(folder: Path) -> Labelled:
    """The city messages: pairs labelled by reading, a fold a group of linked topics."""
    filings = _sorted(rd.read_filings(folder / "messages.xlsx"))
    pairs = pd.read_csv(folder / "pairs.csv", dtype={"left_id": str, "right_id": str})
    return _of_pairs("city", filings, pairs.assign(same=pairs["label"] == "same"), pairs["weight"].to_numpy(float))


def office(decisions: Path, exports: Sequence[Path]) -> Labelled:
    """An office's own decisions on pairs of its exports."""
    filings = rd.read_filings(exports)
    pairs = labelled_pairs(decisions)
    pairs = pairs[pairs["left_id"].isin(filings["filing_id"]) & pairs["right_id"].isin(filings["filing_id"])]
    named = filings["filing_id"].isin(pd.concat([pairs["left_id"], pairs["right_id"]]))
    out = _of_pairs("decisions", _sorted(filings[named]), pairs, np.ones(len(pairs)))
    return dataclasses.replace(out, share=min(1.0, len(pairs) / ENOUGH))


def _of_pairs(name: str, filings: pd.DataFrame, pairs: pd.DataFrame, weight: Doubles) -> Labelled:
    at = {name: row for row, name in enumerate(filings["filing_id"])}
    a, b = (np.array([at[filing] for filing in pairs[side]], np.int64) for side in ("left_id", "right_id"))
    i, j = np.minimum(a, b), np.maximum(a, b)
    same = pairs["same"].to_numpy(bool)
    graph = sparse.coo_matrix((np.ones(same.sum()), (i[same], j[same])), shape=(len(filings),) * 2)
    topic = connected_components(graph, directed=False)[1]
    return Labelled(name, filings, i, j, same, weight, _folds(topic.tolist()), None)


def fit(evidence: pd.DataFrame, same: npt.NDArray[np.bool_], weight: Doubles) -> Scorer:
    """Boosted stumps as step functions."""
    names = [str(name) for name in evidence]
    filled = pd.DataFrame({name: _coarse(evidence[name].to_numpy(np.float64)) for name in names})
    model = HistGradientBoostingClassifier(
        max_leaf_nodes=2, max_depth=1, learning_rate=0.08, max_iter=260, min_samples_leaf=15, l2_regularization=2.0,
        monotonic_cst=[DIRECTION[name] for name in names], random_state=0,
    ).fit(filled.to_numpy(), same, sample_weight=weight)  # fmt: skip
    steps: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in names}
    intercept = float(np.ravel(model._baseline_prediction)[0])
    for (tree,) in model._predictors:
        nodes = tree.nodes
        if nodes["is_leaf"][0]:
            intercept += float(nodes["value"][0])
            continue
        root = nodes[0]
        low, high = float(nodes["value"][root["left"]]), float(nodes["value"][root["right"]])
        unknown = low if root["missing_go_to_left"] else high
        steps[names[root["feature_idx"]]].append((float(root["num_threshold"]), low, high, unknown))
    shapes = {}
    for name, found in steps.items():
        if not found:
            continue
        cuts = np.unique([cut for cut, _, _, _ in found])
        scores = np.zeros(len(cuts) + 1)
        for cut, low, high, _ in found:
            at = int(np.searchsorted(cuts, cut))
            scores[: at + 1] += low
            scores[at + 1 :] += high
        missing = sum(unknown for *_, unknown in found)
        if not evidence[name].isna().any():
            missing = 0.0
        shapes[name] = Shape(cuts, scores, missing)
    return Scorer(
        intercept,
        {**shapes, "conflict": _veto(shapes.get("conflict")), "template": _CIRCULATED},
        SAME,
        REVIEW,
        LOOK,
        "",
    )


def _coarse(column: Doubles) -> Doubles:
    """A column of at most 200 values or as few as it has: the learner bins it anyway, and takes its time to."""
    values = np.unique(column[~np.isnan(column)])
    if len(values) < 2:
        return np.zeros(len(column))
    if len(values) <= 200:
        return column
    edges = np.unique(np.nanquantile(column, np.linspace(0, 1, 200), method="nearest"))
    return np.where(np.isnan(column), np.nan, edges[np.searchsorted(edges, column, side="right") - 1])


#: the shape of ``template`` is a rule, not learned: so few are labelled that their own wording would outweigh them
_CIRCULATED = Shape(np.array([CIRCULATED]), np.array([0.0, VETO]), 0.0)


def _veto(shape: Shape | None) -> Shape:
    """The learned shape of ``conflict`` up to one contradiction, a veto from two on."""
    below = shape(np.array([0.0, 1.0])) if shape else np.zeros(2)
    return Shape(np.array([0.5, 1.5]), np.array([below[0], below[1], VETO]), 0.0)


def _weights(sets: Sequence[Labelled], masks: Sequence[npt.NDArray[np.bool_]]) -> Doubles:
    """Every data set counts the same, however many pairs it has; a few decisions count less."""
    return np.concatenate([1000 * s.share * s.weight[m] / s.weight[m].sum() for s, m in zip(sets, masks, strict=True)])


def train(sets: Sequence[Labelled], masks: Sequence[npt.NDArray[np.bool_]] | None = None) -> Scorer:
    """Fit on the masked pairs of all sets."""
    masks = masks or [np.ones(len(s.left), bool) for s in sets]
    evidence = pd.concat([s.evidence[m] for s, m in zip(sets, masks, strict=True) if s.evidence is not None])
    same = np.concatenate([s.same[m] for s, m in zip(sets, masks, strict=True)])
    return fit(evidence, same, _weights(sets, masks))


def train_pooled(sets: Sequence[Labelled], held_out: Labelled | None = None) -> Scorer:
    """Fit the scorer of whole matters; first passes of a set come from a model that never saw the set."""
    tables, same, weight = [], [], []
    for labelled in sets:
        assert labelled.data is not None
        corpus = labelled.data.corpus
        if labelled.gold is not None:
            apart = train([s for s in sets if s is not labelled and s is not held_out])
            score = lambda i, j, m=apart, d=labelled.data: m.score(compare(d, i, j))  # noqa: E731
            found = pooled_examples.of_gold(corpus, labelled.gold, score)
        else:
            found = pooled_examples.of_pairs(
                corpus,
                labelled.left,
                labelled.right,
                labelled.same,
                labelled.weight,
                FoldScorer(sets, labelled, FEWER),
            )
        rows, heavy = thinned(found[1], found[2])
        tables.append(found[0].iloc[rows])
        same.append(found[1][rows])
        weight.append(1000 * labelled.share * heavy / heavy.sum())
    return fit(pd.concat(tables), np.concatenate(same), np.concatenate(weight))


class FoldScorer:
    """Scores each pair with a model that saw no pair of either filing's topic."""

    def __init__(self, sets: Sequence[Labelled], test: Labelled, folds: int = FOLDS) -> None:
        self.test = test
        self.fold = test.fold % folds
        self.models: dict[tuple[int, int], Scorer] = {}
        for a in range(folds):
            for b in range(a, folds):
                masks = [
                    ~(np.isin(self.fold[s.left], [a, b]) | np.isin(self.fold[s.right], [a, b]))
                    if s is test
                    else np.ones(len(s.left), bool)
                    for s in sets
                ]
                self.models[a, b] = train(sets, masks)

    def __call__(self, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> Doubles:
        assert self.test.data is not None
        evidence = compare(self.test.data, i, j)
        low, high = np.minimum(self.fold[i], self.fold[j]), np.maximum(self.fold[i], self.fold[j])
        out = np.empty(len(i))
        for (a, b), model in self.models.items():
            here = (low == a) & (high == b)
            if here.any():
                out[here] = model.score(evidence[here])
        return out


def cluster(test: Labelled, score: matters.Score, pooled: Scorer | None) -> npt.NDArray[np.int64]:
    """Group a data set with a score function, as `detect` does."""
    assert test.data is not None
    pairs = propose(test.data.corpus)
    value = score(pairs.left, pairs.right)
    grouping = matters.group(
        len(test.filings), pairs.left, pairs.right, value, score, threshold=_logit(SAME), look=_logit(LOOK)
    )
    if pooled is not None:
        grouping = attach(
            test.data.corpus, grouping, pairs.left, pairs.right, value, pooled, score, threshold=_logit(SAME)
        )
    return grouping.label


def _logit(value: float) -> float:
    return float(np.log(value / (1 - value)))


def figures(test: Labelled, label: npt.NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Pairwise figures against the labels; for the city also without its three hottest topics."""
    if test.gold is not None:
        return {"all": evaluation.pairwise(label, test.gold)}
    out = {}
    graph = sparse.coo_matrix(
        (np.ones(test.same.sum()), (test.left[test.same], test.right[test.same])), shape=(len(label),) * 2
    )
    topic = connected_components(graph, directed=False)[1]
    mass = pd.Series(test.weight[test.same]).groupby(topic[test.left[test.same]]).sum()
    hot = mass.sort_values(ascending=False).index[:3]
    cool = ~(np.isin(topic[test.left], hot) | np.isin(topic[test.right], hot))
    for name, mask in (("all", np.ones(len(cool), bool)), ("ordinary", cool)):
        together = label[test.left[mask]] == label[test.right[mask]]
        out[name] = evaluation.weighted(together, test.same[mask], test.weight[mask])
    return out


def load_sets() -> list[Labelled]:
    """Every labelled data set that is there; says which are not."""
    folders = [ROOT / "examples" / "anlan", *sorted((ROOT / "models" / "data").glob("*/"))]
    sets = [*(county(folder) for folder in folders if (folder / "gold_filings.csv").exists()), mass()]
    messages = SHARED / "data" / "city-messages"
    if messages.exists():
        sets.append(city(messages))
    else:
        print(f"without the city messages ({messages} is absent)")
    return sets


def _first_pass(labelled: Labelled) -> npt.NDArray[np.int64]:
    """Rough matters of a set whose matters are not all known: labelled pairs, and pairs much alike in their words."""
    corpus = corpus_stage.prepare(labelled.filings)
    pairs = propose(corpus)
    (terms,) = matrices(corpus_stage.weighted(corpus, "terms"))
    close = row_dots(terms, terms, pairs.left, pairs.right) >= ALIKE
    i = np.concatenate([labelled.left[labelled.same], pairs.left[close]])
    j = np.concatenate([labelled.right[labelled.same], pairs.right[close]])
    graph = sparse.coo_matrix((np.ones(len(i)), (i, j)), shape=(len(corpus),) * 2)
    label: npt.NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def learn_tables(sets: Sequence[Labelled]) -> None:
    """Write the frozen tables; matters of a set without gold are those of a first pass with the shipped model."""
    matter, offset = [], 0
    for labelled in sets:
        if labelled.gold is not None:
            found = np.unique(labelled.gold.astype(str), return_inverse=True)[1]
        else:
            found = _first_pass(labelled)
        matter.append(found.astype(np.int64) + offset)
        offset += len(labelled.filings)
    filings = pd.concat([s.filings for s in sets], ignore_index=True)
    lexical.save(lexical_tables.learn(filings, np.concatenate(matter)), OUT / "lexical.npz")
    lexical.load.cache_clear()


def with_decisions(sets: Sequence[Labelled], decided: Labelled) -> dict[str, dict[str, dict[str, object]]]:
    """Figures on labelled pairs, before and after an office's decisions; each pair by models that saw no topic of it."""
    base = train(sets)
    assert decided.evidence is not None
    out = {
        decided.name: {
            "before": _of_score(decided, base.score(decided.evidence)),
            "after": _of_score(decided, FoldScorer([*sets, decided], decided)(decided.left, decided.right)),
        }
    }
    for test in sets:
        out[test.name] = {
            when: _of_score(test, FoldScorer(trained, test)(test.left, test.right))
            for when, trained in (("before", sets), ("after", [*sets, decided]))
        }
    return out


def _of_score(test: Labelled, score: Doubles) -> dict[str, object]:
    return {
        **evaluation.weighted(score >= _logit(SAME), test.same, test.weight), "pairs": len(score),
        "calibration error": evaluation.calibration_error(score, test.same, test.weight),
    }  # fmt: skip


def _plain(scorer: Scorer) -> dict[str, object]:
    """A scorer as JSON can hold it."""
    return {
        "intercept": round(scorer.intercept, 6), "same": scorer.same, "review": scorer.review, "look": scorer.look,
        "shapes": {
            name: {"cuts": s.cuts.tolist(), "scores": s.scores.round(6).tolist(), "missing": round(s.missing, 6)}
            for name, s in scorer.shapes.items()
        },
    }  # fmt: skip


def write(scorer: Scorer, pooled: Scorer) -> None:
    """Write the model that the package reads."""
    model = {**_plain(scorer), "pooled": _plain(pooled)}
    (OUT / "scorer.json").write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure-only", action="store_true")
    parser.add_argument("--decisions", type=Path, help="an office's decisions; the frozen tables stay as they are")
    parser.add_argument("export", nargs="*", type=Path, help="exports that hold the filings of the decisions")
    args = parser.parse_args()
    sets = load_sets()
    if args.decisions:
        decided = office(args.decisions, args.export)
        for labelled in (*sets, decided):
            labelled.prepare()
        for name, found in with_decisions(sets, decided).items():
            print(name, json.dumps(found), flush=True)
        if not args.measure_only:
            write(train([*sets, decided]), train_pooled(sets))
        return
    if not args.measure_only:
        learn_tables([s for s in sets if s.name != "mass"])  # its few phrases are no language
    for labelled in sets:
        labelled.prepare()
    report: dict[str, object] = {}
    scores, truth, weight = [], [], []
    for test in sets:
        others = [s for s in sets if s is not test]
        apart, pooled = train(others), train_pooled(others, test)
        assert test.data is not None
        unseen = lambda i, j, m=apart, d=test.data: m.score(compare(d, i, j))  # noqa: E731
        left_out: dict[str, object] = {"set left out": figures(test, cluster(test, unseen, pooled))}
        report[test.name] = left_out
        if test.name in BY_TOPIC:
            folds = FoldScorer(sets, test)
            value = folds(test.left, test.right)
            scores.append(value)
            truth.append(test.same)
            weight.append(1000 * test.weight / test.weight.sum())
            report[test.name] = {
                "by topic": figures(test, cluster(test, folds, pooled)), **left_out,
                "calibration error": evaluation.calibration_error(value, test.same, test.weight),
            }  # fmt: skip
        print(test.name, json.dumps(report[test.name]), flush=True)
    x, y, w = np.concatenate(scores), np.concatenate(truth), np.concatenate(weight)
    platt = LogisticRegression(C=1e6).fit(x[:, None], y, sample_weight=w)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    report["calibration"] = {
        "slope": slope, "offset": offset,
        "error by topic": evaluation.calibration_error(slope * x + offset, y, w),
    }  # fmt: skip
    print(json.dumps(report["calibration"]))
    if args.measure_only:
        return
    write(train(sets), train_pooled(sets))
    (ROOT / "models" / "figures.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
