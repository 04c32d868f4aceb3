"""The store in many hands: numbers that come again, keys that change, threads, tables that programs make."""

from __future__ import annotations

import json
import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.cli import main
from repeatdetect.decisions import Decision
from repeatdetect.errors import InputError, StoreError
from repeatdetect.history import schema

HELD = ["petitioner", "id_number", "phone", "address", "accused", "unit", "post", "place", "title", "text", "handler"]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "store.key"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


def test_a_number_used_again_is_another_filing(url: str, key: Path, year: pd.DataFrame) -> None:
    half = len(year) // 2
    first, second = (
        part.assign(filing_id=[f"{k:04d}" for k in range(len(part))]).reset_index(drop=True)
        for part in (year.iloc[:half], year.iloc[half : 2 * half])
    )
    history = rd.History.init(url, key)
    history.add(first)
    told = history.add(second)
    assert (told.fresh, told.revised) == (half, 0)
    assert len(history.export().filings) == 2 * half
    again = history.add(second)  # known by what it says
    assert again.unchanged
    assert set(again.filings["filing_id"]) == set(told.filings["filing_id"])


def test_a_text_mended_is_still_a_correction(url: str, key: Path, year: pd.DataFrame) -> None:
    history = rd.History.init(url, key)
    history.add(year.head(5))
    mended = year.head(1).assign(text=year["text"].iloc[0] + "另有三万元。", date=pd.Timestamp("2024-01-09"))
    assert history.add(mended).revised == 1


def test_under_a_changed_key_nothing_is_written(url: str, key: Path, year: pd.DataFrame) -> None:
    one = rd.History.init(url, key)
    one.add(year.head(5))
    other = rd.History.open(url, key)
    other.rekey(key)
    for ask in (lambda: one.add(year.iloc[5:9]), lambda: one.check(year.head(1)), one.export, one.decisions):
        with pytest.raises(StoreError, match="E317"):
            ask()
    assert len(rd.History.open(url, key).export().filings) == 5


def test_a_key_of_another_store_is_not_changed(url: str, key: Path, tmp_path: Path) -> None:
    history = rd.History.init(url, key)
    with pytest.raises(StoreError, match="E303"):
        history.rekey(tmp_path / "other.key")
    assert rd.History.open(url, key).decisions().empty


def test_no_old_key_takes_the_place_of_another(url: str, key: Path) -> None:
    history = rd.History.init(url, key)
    kept = [history.rekey(key) for _ in range(3)]
    assert len({path.read_bytes() for path in kept}) == 3


def test_threads_get_the_answer_one_would_get(url: str, key: Path, year: pd.DataFrame, anlan: Path) -> None:
    history = rd.History.init(url, key)
    for start in range(0, 60, 4):
        history.add(year.iloc[start : start + 4])
    officials = rd.read_officials(anlan / "officials.csv")
    asked = year.iloc[60:62]
    alone = rd.History.open(url, key).check(asked, officials=officials).filings
    shared = rd.History.open(url, key)
    with ThreadPoolExecutor(4) as pool:
        for told in pool.map(lambda _: shared.check(asked, officials=officials).filings, range(8)):
            pd.testing.assert_frame_equal(told, alone)


def test_an_answer_can_be_sent_to_another_process(url: str, key: Path, year: pd.DataFrame) -> None:
    told = rd.History.init(url, key).add(year.head(5))
    again = pickle.loads(pickle.dumps(told))
    pd.testing.assert_frame_equal(again.filings, told.filings)


def test_a_correction_takes_back_what_was_said_of_the_township(url: str, key: Path) -> None:
    columns = ["town", "secretary", "mayor", "lead_official", "lead_post"]
    officials = pd.DataFrame([("清溪镇", "向明远", "", "严守正", "县纪委常委")], columns=columns)
    filed = {
        "filing_id": "A1",
        "date": "2024-01-01",
        "accused": "贺志强",
        "place": "清溪镇",
        "text": "贺志强收了两万元。",
    }
    later = {
        "filing_id": "A2",
        "date": "2024-03-01",
        "accused": "贺志强",
        "place": "清溪镇",
        "text": "贺志强占了公墓地建房。",
    }
    history = rd.History.init(url, key)
    history.add(pd.DataFrame([{**filed, "unit": "清溪镇政府", "post": "副镇长"}]))
    history.add(pd.DataFrame([{**filed, "unit": "上河村", "post": "会计"}]))
    told = history.add(pd.DataFrame([later]), officials=officials)
    assert not told.filings["link_note"].iloc[0].startswith("回避")


def test_what_is_held_back_now_and_stored_before_is_said(url: str, key: Path, year: pd.DataFrame) -> None:
    history = rd.History.init(url, key)
    history.add(year.head(5))
    told = history.add(year.head(5).assign(authority=["市管干部", "", "", "", ""]))
    assert any(str(year["filing_id"].iloc[0]) in warning for warning in told.warnings)
    assert told.run["warnings"] == told.all_warnings


def test_nothing_of_a_filing_stands_in_the_clear(url: str, key: Path, year: pd.DataFrame) -> None:
    first, second = year.iloc[:20], year.iloc[10:40]
    history = rd.History.init(url, key)
    history.add(first)
    told = history.add(second.assign(authority=["市管干部"] * 2 + [""] * (len(second) - 2)))
    left, right = first["filing_id"].head(2)
    history.decide([Decision.now(left, right, "different", "向明远", "不是一人")])
    sealed = {(column.table.name, column.name) for column in schema.SEALED}
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store:
        clear = [
            json.dumps(json.loads(value), ensure_ascii=False) if name == "manifest" else str(value)
            for table in schema.metadata.tables
            for name in (row[1] for row in store.execute(f"PRAGMA table_info({table})"))
            if (table, name) not in sealed
            for (value,) in store.execute(f'SELECT "{name}" FROM {table}')
        ]
    whole = "\n".join(clear)
    assert "这次被隔离" in whole
    cells = {str(cell) for cell in pd.concat([first, second])[["filing_id", *HELD]].to_numpy().ravel()} | {"不是一人"}
    assert [cell for cell in cells if len(cell) > 1 and cell in whole] == []
    assert told.held_back == sorted(second["filing_id"].head(2))


def test_a_night_without_filings_is_a_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = ["--db", "sqlite:///s.db", "--key-file", "s.key"]
    assert main(["init", *store]) == 0
    Path("empty.csv").write_text("编号,登记日期,反映内容\n", encoding="utf-8")
    assert main(["nightly", "empty.csv", *store, "-o", "out"]) == 0
    assert (tmp_path / "out" / "摘要.md").exists()
    assert "没有可以入库的来件" in capsys.readouterr().out
    assert main(["dedupe", "empty.csv", "-o", "other"]) == 2
    assert main(["nightly", "empty.csv", "--db", "sqlite:///s.db", "--key-file", ".", "-o", "out"]) == 3
    assert "E303" in capsys.readouterr().err


def test_decisions_go_by_the_settings_of_the_office(url: str, key: Path, year: pd.DataFrame) -> None:
    strict = rd.Settings(same=0.999, review=0.5)
    history = rd.History.init(url, key)
    history.add(year, settings=strict)
    before = history.export(settings=strict).filings
    pair = history.export(settings=strict).pairs.query("decision == 'review'").iloc[0]
    office = rd.History.open(url, key, strict)
    office.decide([Decision.now(pair["left_id"], pair["right_id"], "different", "张三", "")])
    after = office.export().filings
    assert after["matter_id"].tolist() == before["matter_id"].tolist()
    with pytest.raises(InputError, match="E112"):
        office.decide([("A", "B", "same")])  # type: ignore[list-item]


@pytest.mark.parametrize("nothing", ["", None, pd.NA, float("nan")])
def test_tables_of_a_program_may_leave_anything_open(anlan: Path, year: pd.DataFrame, nothing: Any) -> None:
    cases, officials = rd.read_cases(anlan / "cases.csv"), rd.read_officials(anlan / "officials.csv")
    blank = {name: nothing for name in cases.columns if name not in ("subject", "lead_official", "case_id")}
    result = rd.detect(year.head(30), cases.assign(**blank), officials.assign(mayor=nothing, lead_post=nothing))
    assert len(result.filings) == 30
    numbered = rd.detect(year.head(30), cases.assign(case_id=range(1, len(cases) + 1)), officials)
    assert set(map(type, numbered.filings["case_id"])) == {str}


def test_what_is_no_path_is_no_file(year: pd.DataFrame) -> None:
    for given in (year["text"], year):
        with pytest.raises(InputError, match="E101") as refused:
            rd.read_filings(given)  # type: ignore[arg-type]
        assert year["text"].iloc[0][:6] not in str(refused.value)
