"""The labelled data sets the scorer learns from and is measured on."""

from __future__ import annotations

import dataclasses
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

import repeatdetect as rd
from repeatdetect import corpus as corpus_stage
from repeatdetect import counted, lexical
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.decisions import labelled_pairs
from repeatdetect.filings import canonical_rows
from repeatdetect.lexical import unit
from repeatdetect.propose import propose

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "repeatdetect" / "models"  # where what is learned is written
SHARED = Path(os.environ.get("REPEATDETECT_SHARED", ROOT.parent / "shared"))
MORE_PAIRS = ROOT / "models" / "data" / "city_pairs.csv"  # read in addition to the shared labels
FOLDS = 8
MOST = 4_000  # pairs of different matters that a set teaches with
ENOUGH = 1000  # decisions of an office that count as much as a data set; doubtful pairs only would teach it to doubt
#: what a set counts; 望潮 is told so differently from filing to filing (TF-IDF with connected components reaches F1 .13,
#: on 安澜 .58) that at full weight it teaches to join what shares next to nothing; the city's are the only real filings
COUNTS = {"wangchao": 0.2, "city": 4.5}
MASS = 800  # generated filings: bodies of one kind and complaints in the same words about other people, in plenty
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
    measured: int | None = None  # leading pairs that figures are of (None: all)
    data: Comparable | None = None
    plain: Doubles | None = None  # vectors of the filings by general Chinese, shape (n, k)
    evidence: pd.DataFrame | None = None

    def leading(self, count: int | None) -> Labelled:
        """With the first pairs only."""
        part = slice(count)
        return dataclasses.replace(
            self, left=self.left[part], right=self.right[part], same=self.same[part], weight=self.weight[part]
        )

    def prepare(self, turn: Doubles | None = None) -> None:
        """Compute evidence with the tables now loaded; without a `turn` meaning is as general Chinese has it."""
        corpus = corpus_stage.prepare(self.filings)
        self.data = Comparable.of(corpus)
        tables = lexical.load()
        self.plain = tables.plain(counted.unit(corpus.features["content"], tables.idf["terms"])).astype(np.float64)
        self.evidence = compare(
            self.turned(np.eye(self.plain.shape[1]) if turn is None else turn), self.left, self.right
        )

    def turned(self, turn: Doubles) -> Comparable:
        """The filings with their meanings turned."""
        assert self.data is not None
        assert self.plain is not None
        return dataclasses.replace(self.data, meaning=unit(self.plain @ turn))


def _sorted(filings: pd.DataFrame) -> pd.DataFrame:
    return filings.iloc[canonical_rows(filings)].reset_index(drop=True)


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
    """The city messages: pairs labelled by reading, a fold a group of linked topics; figures are of the shared labels."""
    filings = _sorted(rd.read_filings(folder / "messages.xlsx"))
    ids = {"left_id": str, "right_id": str}
    shared, more = pd.read_csv(folder / "pairs.csv", dtype=ids), pd.read_csv(MORE_PAIRS, dtype=ids)
    pairs = pd.concat([shared, more], ignore_index=True)
    found = _of_pairs("city", filings, pairs.assign(same=pairs["label"] == "same"), pairs["weight"].to_numpy(float))
    return dataclasses.replace(found, share=COUNTS["city"], measured=len(shared))


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
