"""The example year night by night on both databases: the answers of all at once, the same files, byte for byte."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import propose, thresholds
from repeatdetect.filings import canonical_rows
from repeatdetect.history import plan
from repeatdetect.history.pool import Pool
from tests.stores import Server
from tests.test_history import f1, nights, together

NIGHTS = 8
_OWN = {"seconds", "peak_memory_mib"}  # of a run, not of its answer


def content(path: Path) -> Any:
    """What a file of a result says, without the moment it was written at."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
    if path.suffix == ".json":
        return {k: v for k, v in json.loads(path.read_text("utf-8")).items() if k not in _OWN}
    return path.read_bytes()


def files(folder: Path) -> dict[str, Any]:
    return {str(path.relative_to(folder)): content(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def office(anlan: Path, year: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Filings by date, ledger, officials."""
    return year, rd.read_cases(anlan / "cases.csv"), rd.read_officials(anlan / "officials.csv")


@pytest.fixture(scope="module")
def told(
    office: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> tuple[rd.Result, list[tuple[rd.Result, rd.Result]], Path]:
    """On SQLite: the whole store; of each night what was shown and what the whole store says; the files of the last."""
    year, cases, officials = office
    folder = tmp_path_factory.mktemp("sqlite")
    history = rd.History.init(f"sqlite:///{folder / 'h.db'}", folder / "key")
    both = []
    for night in nights(year, NIGHTS):
        tonight = history.add(night, cases, officials)
        whole = history.export(cases, officials)
        both.append((tonight.shown, whole))
    _write(tonight, whole, folder / "out")
    return whole, both, folder / "out"


def _write(tonight: rd.Result, whole: rd.Result, out: Path) -> None:
    for name, result in (("night", tonight), ("whole", whole)):
        result.write(out / name)
        result.write_outgoing(out / f"{name}-lists")


def test_night_by_night_is_all_at_once(told: tuple[Any, ...], anlan_result: rd.Result) -> None:
    whole: rd.Result = told[0]
    assert f1(whole.filings, anlan_result.filings) >= 0.99
    alike = whole.filings.merge(anlan_result.filings, on="filing_id", validate="1:1")
    assert len(alike) == len(anlan_result.filings) == len(whole.filings)
    for name in ("matter_id", "status", "repeat_of", "case_id", "lead_official", "new_content", "link_note"):
        assert (alike[f"{name}_x"] == alike[f"{name}_y"]).mean() >= 0.97, name


def test_a_store_that_has_grown_is_grouped_as_all_at_once(
    year: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night that asks for more to join two filings asks it of those of earlier nights, too."""
    monkeypatch.setattr(thresholds, "COUNTY", len(year) // 5)
    monkeypatch.setattr(plan, "YEAR", 0)
    history = rd.History.init(f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "key")
    for night in nights(year, NIGHTS):
        history.add(night)
    whole, at_once = history.export(), rd.detect(year)
    assert len(at_once.matters) > len(told_apart(year))
    assert f1(whole.filings, at_once.filings) >= 0.99


@pytest.mark.parametrize("crowded", [{"NEIGHBOURS": 6}, {"NEIGHBOURS": 6, "KEY_CAP": 25}], ids=["near", "common"])
def test_filings_that_come_late_end_where_all_at_once_does(
    history: rd.History, year: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, crowded: dict[str, int]
) -> None:
    """Where filings have more that resemble them than they have neighbours, it tells which are before which by date."""
    for name, value in crowded.items():
        monkeypatch.setattr(propose, name, value)
    monkeypatch.setattr(plan, "YEAR", 0)
    late = year.sample(frac=1, random_state=5).reset_index(drop=True)
    *most, last = nights(late, 5)
    wrong = most[1].head(9).assign(date=pd.Timestamp("2030-01-01"), accused="郝万年", text="反映路灯不亮。")
    for night in (most[0], wrong, *most[1:], last):
        history.add(night)
    history.undo(len(history.runs()))
    same_answers(history.export(), rd.detect(pd.concat(most)))
    for night in nights(last, 6):
        history.add(night)
    same_answers(history.export(), rd.detect(year))
    reopened = rd.History(history._engine, history._vault)
    same_answers(reopened.export(), rd.detect(year))


@pytest.mark.parametrize("cap", [2000, 25])
@pytest.mark.parametrize("copies", [0, 9])
def test_a_pool_that_grew_is_that_of_all(
    anlan_result: rd.Result, monkeypatch: pytest.MonkeyPatch, cap: int, copies: int
) -> None:
    """With keys that become too common and copies that become a crowd on the way, too."""
    monkeypatch.setattr(propose, "NEIGHBOURS", 6)
    monkeypatch.setattr(propose, "KEY_CAP", cap)
    every = anlan_result.corpus.take(np.array([*range(len(anlan_result.corpus)), *[3] * copies]))
    told = every.filings.assign(filing_id=[f"{k:04}" for k in range(len(every))])
    keys, numbers = propose.block_keys(every), np.arange(len(every))
    for order in (canonical_rows(told), np.random.default_rng(3).permutation(len(every))):
        grown = Pool.of(told.head(0), numbers[:0], keys.take(numbers[:0]), 1)
        for some in np.array_split(order, 4):
            grown = grown.changed(told.iloc[some], some, keys.take(some), set(), 1)
        lacking = grown.changed(told.head(0), numbers[:0], keys.take(numbers[:0]), {5, 90}, 1)
        rest = np.setdiff1d(numbers, [5, 90])
        for pool, rows in ((grown, numbers), (lacking, rest)):
            whole = Pool.of(told.iloc[rows], rows, keys.take(rows), 1)
            assert pool.codes.tolist() == whole.codes.tolist()
            assert len(whole.codes)


def same_answers(night_by_night: rd.Result, at_once: rd.Result) -> None:
    assert together(night_by_night.filings) == together(at_once.filings)
    columns = ["filing_id", "status", "repeat_of", "new_content"]
    one, other = (
        told.filings[columns].sort_values("filing_id").reset_index(drop=True) for told in (night_by_night, at_once)
    )
    pd.testing.assert_frame_equal(one, other)
    pairs = [
        {tuple(row) for row in told.pairs[["left_id", "right_id", "decision"]].to_numpy()}
        for told in (night_by_night, at_once)
    ]
    assert pairs[0] == pairs[1]


def told_apart(year: pd.DataFrame) -> set[str]:
    """Matters where no more is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thresholds, "COUNTY", 10 * len(year))
        return set(rd.detect(year).matters["matter_id"])


def test_what_a_night_shows_is_what_an_export_says(told: tuple[Any, ...]) -> None:
    """Every cell of every matter shown, officials and recusals among them."""
    for shown, whole in told[1]:
        same_cells(shown, whole)


def test_without_officials_it_shows_the_same_cells(year: pd.DataFrame, tmp_path: Path) -> None:
    history = rd.History.init(f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "key")
    for night in nights(year.head(90), 3):
        tonight = history.add(night)
        same_cells(tonight.shown, history.export())


def same_cells(shown: rd.Result, whole: rd.Result) -> None:
    for name, key in (("filings", "filing_id"), ("matters", "matter_id"), ("links", "matter_id")):
        one = getattr(shown, name).set_index(key)
        other = getattr(whole, name).set_index(key).loc[one.index]
        pd.testing.assert_frame_equal(one, other, check_dtype=False, obj=name)
    ids = set(shown.filings["filing_id"])
    pairs = whole.pairs[whole.pairs["left_id"].isin(ids) & whole.pairs["right_id"].isin(ids)]
    assert set(zip(pairs["left_id"], pairs["right_id"], strict=True)) == set(
        zip(shown.pairs["left_id"], shown.pairs["right_id"], strict=True)
    )


def test_both_databases_give_the_same_files(
    told: tuple[Any, ...], office: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], postgres_server: Server,
    tmp_path: Path,
) -> None:  # fmt: skip
    year, cases, officials = office
    history = rd.History.init(postgres_server.database(), tmp_path / "key")
    for night in nights(year, NIGHTS):
        tonight = history.add(night, cases, officials)
    _write(tonight, history.export(cases, officials), tmp_path / "out")
    ours, theirs = files(told[2]), files(tmp_path / "out")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_a_pool_that_lost_its_common_keys_is_that_of_the_rest(
    anlan_result: rd.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = propose.block_keys(anlan_result.corpus)
    ids, counts = np.unique(keys.ids, return_counts=True)
    monkeypatch.setattr(propose, "KEY_CAP", int(counts.max()) - 1)
    common = np.isin(keys.ids, ids[counts == counts.max()])
    gone = np.unique(keys.rows[common])[-8:]
    numbers, told = np.arange(len(keys)), anlan_result.corpus.filings
    rest = np.setdiff1d(numbers, gone)
    full = Pool.of(told, numbers, keys, 1)
    lacking = full.changed(told.head(0), numbers[:0], keys.take(numbers[:0]), set(gone.tolist()), 1)
    assert not full.independent
    assert lacking.independent
    assert lacking.codes.tolist() == Pool.of(told.iloc[rest], rest, keys.take(rest), 1).codes.tolist()
