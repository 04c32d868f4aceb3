"""The generator of mass data: reproducible, and its gold answers follow the rules of the field."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import generate, hostile, letters, world
from benchmarks.generate import COLUMNS, GOLD

from repeatdetect import numerals


@pytest.fixture(scope="module")
def data() -> tuple[pd.DataFrame, pd.DataFrame]:
    return generate.generate(3_000, seed=11)


def test_same_seed_same_bytes_whatever_the_processes(tmp_path: Path) -> None:
    one = generate.write(6_000, tmp_path / "one", seed=5, jobs=1)
    two = generate.write(6_000, tmp_path / "two", seed=5, jobs=2)
    other = generate.write(6_000, tmp_path / "other", seed=6, jobs=1)
    for name in ("filings.csv", "gold.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
        assert (one / name).read_bytes() != (other / name).read_bytes()


def test_gold_covers_each_filing_once(data: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    filings, gold = data
    assert len(filings) == 3_000
    assert filings["信访编号"].is_unique
    assert filings["信访编号"].tolist() == gold["信访编号"].tolist()


def test_heavy_tail(data: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    sizes = data[1]["matter_id"].value_counts()
    assert {144, 200} <= set(sizes)
    assert 0.5 < (sizes == 1).mean() < 0.8


def test_status_follows_the_rule(data: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table = data[0].merge(data[1])
    for _, rows in table.groupby("matter_id", sort=False):
        assert rows["登记日期"].is_monotonic_increasing
        earlier: set[str] = set()
        for at, (status, who) in enumerate(zip(rows["status"], rows["举报人"], strict=True)):
            if len(rows) == 1:
                assert status == "single"
            elif at == 0:
                assert status == "first"
            elif not who:
                assert status == "repeat"
            elif status == "repeat":
                assert who in earlier
            earlier.add(who)


def test_length_and_blanks_are_as_in_exports(data: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    bare = data[0][["被反映人", "反映内容"]].map(len)
    assert (data[0]["反映内容"] != "").all()
    assert 300 < bare["反映内容"].mean() < 430
    assert 0.2 < (bare["被反映人"] == 0).mean() < 0.6


def test_a_matter_is_known_by_accused_and_issue() -> None:
    from random import Random

    random = Random(1)
    county = world.county(random)
    found = generate.matters(random, county)
    keys = [
        (m.place.area, m.place.name, m.accused.name, m.issue.name) for _, m in zip(range(3_000), found, strict=False)
    ]
    assert len(set(keys)) == len(keys)
    accused = {(area, name, who) for area, name, who, _ in keys}
    assert len(accused) < 0.9 * len(keys)  # the same accused with another issue occurs


@pytest.mark.parametrize("value", [7, 10, 16, 105, 200, 1_010, 4_600, 20_003, 46_000, 468_000, 1_200_500])
def test_chinese_numerals_are_read_back(value: int) -> None:
    found = numerals.numbers(letters.chinese(value) + "元")
    assert any(kind == "sum" and float(number) == value for kind, number, *_ in found)


def test_shapes() -> None:
    for name, make in hostile.SHAPES.items():
        rows, gold = make(300, 3)
        assert rows[0] == COLUMNS
        assert gold[0] == GOLD
        assert [row[0] for row in rows[1:]] == [row[0] for row in gold[1:]], name
    rows, _ = hostile.template(300, 3)
    accused = [row[COLUMNS.index("被反映人")] for row in rows[1:]]
    texts = {row[COLUMNS.index("反映内容")].replace(name, "") for row, name in zip(rows[1:], accused, strict=True)}
    assert len(set(accused)) == 300
    assert len(texts) == 1
    assert 280 < len(texts.pop()) < 330
    longest = max(len(row[COLUMNS.index("反映内容")].encode()) for row in hostile.huge(300, 3)[0])
    assert longest >= 5_000_000
