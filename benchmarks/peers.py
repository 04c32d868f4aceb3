"""Peers that group the same export, each in a process of its own: `python -m benchmarks.peers NAME filings.csv OUT`.

OUT gets labels.csv (one group a filing, in the order of the export) and core.txt: seconds of the peer's own work,
without reading and without imports. The settings are what a careful user would choose from the peer's documentation;
nobody's thresholds, ours neither, are tuned on the data that is generated.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Labels = npt.NDArray[np.int64]
Found = tuple[Labels, float]

_SIMILAR = 0.5  # Jaccard of 3-grams, or cosine, from which two filings count as one matter
_HASHES = 128
_FIELDS = {
    "被反映人": "accused", "被反映人单位": "unit", "问题属地": "place", "问题类别": "category", "举报人": "petitioner",
    "标题": "title", "反映内容": "body",
}  # fmt: skip


def _shingles(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(max(1, len(text) - 2))}


def _components(left: Iterable[int], right: Iterable[int], n: int) -> Labels:
    i, j = np.fromiter(left, np.int64), np.fromiter(right, np.int64)
    graph = sparse.coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def rensa(filings: pd.DataFrame) -> Found:
    """MinHash of character 3-grams of the text, LSH in a loop."""
    from rensa import RMinHash, RMinHashLSH

    texts = filings["反映内容"].tolist()
    start = time.perf_counter()
    index = RMinHashLSH(threshold=_SIMILAR, num_perm=_HASHES, num_bands=16)
    left: list[int] = []
    right: list[int] = []
    for row, text in enumerate(texts):
        sketch = RMinHash(num_perm=_HASHES, seed=1)
        sketch.update(list(_shingles(text)))
        near = index.query(sketch)
        left += [row] * len(near)
        right += near
        index.insert(row, sketch)
    return _components(left, right, len(texts)), time.perf_counter() - start


def datasketch(filings: pd.DataFrame) -> Found:
    """MinHash of character 3-grams of the text, LSH in a loop."""
    from datasketch import MinHash, MinHashLSH

    texts = filings["反映内容"].tolist()
    start = time.perf_counter()
    index = MinHashLSH(threshold=_SIMILAR, num_perm=_HASHES)
    left: list[int] = []
    right: list[int] = []
    for row, text in enumerate(texts):
        sketch = MinHash(num_perm=_HASHES, seed=1)
        sketch.update_batch([shingle.encode() for shingle in _shingles(text)])
        near = index.query(sketch)
        left += [row] * len(near)
        right += near
        index.insert(row, sketch, check_duplication=False)
    return _components(left, right, len(texts)), time.perf_counter() - start


def tfidf(filings: pd.DataFrame) -> Found:
    """TF-IDF of words of text and fields, sparse_dot_topn, connected components."""
    import rjieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    texts = filings[list(_FIELDS)].agg(" ".join, axis=1).tolist()
    start = time.perf_counter()
    words = TfidfVectorizer(tokenizer=rjieba.cut, token_pattern=None, lowercase=False, max_df=0.2, dtype=np.float32)
    terms = words.fit_transform(texts)
    close = sp_matmul_topn(terms, terms.T.tocsr(), top_n=20, threshold=_SIMILAR, sort=False, n_threads=2).tocoo()
    return _components(close.row, close.col, len(texts)), time.perf_counter() - start


def splink(filings: pd.DataFrame) -> Found:
    """Fellegi-Sunter over the cells, parameters by EM, clusters from .9 on."""
    import splink.comparison_library as compare
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    table = filings[list(_FIELDS)].rename(columns=_FIELDS).replace("", None)
    table.insert(0, "unique_id", np.arange(len(table)))
    start = time.perf_counter()
    database = DuckDBAPI()
    rules = [
        block_on("accused"),
        block_on("place", "category"),
        block_on("petitioner", "place"),
        block_on("title"),
        block_on("substr(body, 1, 16)"),
    ]
    linker = Linker(
        database.register(table),
        SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                compare.LevenshteinAtThresholds("accused", 1),
                compare.LevenshteinAtThresholds("unit", 2),
                compare.LevenshteinAtThresholds("place", 2),
                compare.ExactMatch("category"),
                compare.ExactMatch("petitioner"),
                compare.JaccardAtThresholds("body", [0.8, 0.6, 0.45]),
            ],
            blocking_rules_to_generate_predictions=rules,
        ),
    )
    linker.training.estimate_probability_two_random_records_match(
        [block_on("accused", "place", "category")], recall=0.5
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    for rule in (block_on("accused"), block_on("place", "category")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    scored = linker.inference.predict(threshold_match_probability=0.5)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.9)
    rows = found.as_pandas_dataframe().sort_values("unique_id")
    return rows["cluster_id"].astype("category").cat.codes.to_numpy(np.int64), time.perf_counter() - start


def goldenmatch(filings: pd.DataFrame) -> Found:
    """Zero-config: the tool chooses columns, blocks and thresholds itself."""
    import goldenmatch as golden
    import pyarrow as pa

    table = filings[list(_FIELDS)].rename(columns=_FIELDS)
    start = time.perf_counter()
    result = golden.dedupe_df(pa.Table.from_pandas(table, preserve_index=False), allow_red_config=True)
    labels = np.arange(len(table), dtype=np.int64)
    for cluster in result.clusters.values():
        members = [int(row) for row in cluster["members"]]
        labels[members] = min(members)
    return labels, time.perf_counter() - start


PEERS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "rensa": rensa, "datasketch": datasketch, "tfidf": tfidf, "splink": splink, "goldenmatch": goldenmatch,
}  # fmt: skip


def main() -> None:
    name, export, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    filings = pd.read_csv(export, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    labels, seconds = PEERS[name](filings)
    out.mkdir(parents=True, exist_ok=True)
    np.savetxt(out / "labels.csv", labels, fmt="%d")
    (out / "core.txt").write_text(f"{seconds:.3f}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
