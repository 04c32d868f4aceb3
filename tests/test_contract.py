"""What `dedupe` writes: the contract's files, columns and the laws that hold between their cells, on the example."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.corpus import Corpus, prepare
from repeatdetect.errors import InputError, StoreError
from repeatdetect.filings import canonical
from repeatdetect.settings import Settings
from tests.conftest import ROOT

FILES = {
    "filings.csv": "filing_id,matter_id,status,repeat_of,repeat_no,probability,relation,same_petitioner,new_content,"
    "after_closure,case_id,lead_official,responsible_official,link_note",
    "matters.csv": "matter_id,title,filings,named_petitioners,anonymous_filings,first_date,last_date,channels,accused,"
    "place,case_id,lead_official,responsible_official,link_note",
    "pairs.csv": "left_id,right_id,probability,decision,reason,",
    "rejects.csv": "row,filing_id,reason",
    "links.csv": "matter_id,case_id,probability,decision,reason,",
}


@pytest.fixture(scope="module")
def out(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return anlan_result.write(tmp_path_factory.mktemp("contract") / "out")


@pytest.fixture(scope="module")
def source(anlan: Path) -> pd.DataFrame:
    return rd.read_filings(anlan / "filings.csv").set_index("filing_id")


def _table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(out / name, dtype=str, encoding="utf-8-sig", keep_default_na=False)


def test_files_and_headers(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == {
        *FILES,
        "判重台账.xlsx",
        "积案台账.xlsx",
        "report.html",
        "run.json",
    }
    for name, header in FILES.items():
        raw = (out / name).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.decode("utf-8-sig").startswith(header)


def test_one_row_a_filing_in_input_order(out: Path, source: pd.DataFrame) -> None:
    assert _table(out, "filings.csv")["filing_id"].tolist() == source.index.tolist()


def test_a_pair_has_one_probability_wherever_it_is_told(out: Path, anlan_result: rd.Result) -> None:
    pairs = _table(out, "pairs.csv")
    told = {frozenset((a, b)): p for a, b, p in pairs[["left_id", "right_id", "probability"]].itertuples(index=False)}
    table = _table(out, "filings.csv")
    same = {
        (name, of): (p, told[frozenset((name, of))])
        for name, of, p in table[["filing_id", "repeat_of", "probability"]].itertuples(index=False)
        if frozenset((name, of)) in told
    }
    assert len(same) > 100
    assert [both for both in same.values() if both[0] != both[1]] == []
    for (name, of), (p, _) in list(same.items())[:5]:
        assert anlan_result.explain(name, of).probability == pytest.approx(float(p), abs=1e-9)


def test_every_cell_of_filings(out: Path, source: pd.DataFrame) -> None:
    table = _table(out, "filings.csv").set_index("filing_id")
    assert set(table["status"]) <= {"single", "first", "repeat", "joint", "review"}
    assert set(table["relation"]) <= {"", "verbatim", "transferred", "reworded", "extended", "shortened"}
    assert set(table["same_petitioner"]) <= {"", "yes", "no"}
    assert set(table["after_closure"]) <= {"", "nothing_new", "new_facts"}
    dates: dict[str, pd.Timestamp] = dict(zip(source.index.tolist(), source["date"].tolist(), strict=True))
    anonymous = (source["named"] == "no").to_dict()
    petitioner = source["petitioner"].to_dict()
    matter, status = table["matter_id"].to_dict(), table["status"].to_dict()
    for _, group in table.groupby("matter_id"):
        members = sorted(group.index, key=lambda name: (dates[name], name))
        assert group["repeat_no"].astype(int).to_dict() == {name: at for at, name in enumerate(members, start=1)}
        assert status[members[0]] in (("first",) if len(members) > 1 else ("single", "review"))
        assert all(status[name] in ("repeat", "joint") for name in members[1:])
    for row in table.itertuples():
        name, of = str(row.Index), str(row.repeat_of)
        if row.status in ("single", "first"):
            assert (of, row.probability, row.relation, row.same_petitioner) == ("", "", "", "")
            continue
        assert 0 <= float(str(row.probability)) <= 1
        if row.status == "review":
            assert matter[of] != row.matter_id
            continue
        assert matter[of] == row.matter_id
        assert dates[of] <= dates[name]
        if anonymous[name]:
            assert row.status == "repeat"
        if anonymous[name] or anonymous[of]:
            assert row.same_petitioner == ""
        elif row.status == "repeat":
            assert row.same_petitioner == "yes"
            assert petitioner[name] == petitioner[of]
        else:
            assert row.same_petitioner == "no"
        if row.relation in ("verbatim", "transferred"):
            assert row.new_content == ""


def test_new_content_is_of_the_filing_itself(out: Path, source: pd.DataFrame) -> None:
    for row in _table(out, "filings.csv").itertuples():
        own = "".join(str(source.loc[str(row.filing_id), "text"]).split())
        title = str(source.loc[str(row.filing_id), "title"])
        for passage in re.split(r"[\n；]", str(row.new_content)):
            assert "".join(passage.split()) in own + title


def test_matters_count_their_filings(out: Path, source: pd.DataFrame) -> None:
    table, matters = _table(out, "filings.csv"), _table(out, "matters.csv").to_dict("records")
    assert sorted(row["matter_id"] for row in matters) == sorted(set(table["matter_id"]))
    shared = ["case_id", "lead_official", "responsible_official", "link_note"]
    for row in matters:
        group = table[table["matter_id"] == row["matter_id"]]
        members = source.loc[group["filing_id"]]
        dates = members["date"].dt.strftime("%Y-%m-%d").tolist()
        assert int(row["filings"]) == len(members)
        assert (row["first_date"], row["last_date"]) == (min(dates), max(dates))
        assert int(row["anonymous_filings"]) == (members["named"] == "no").sum()
        assert int(row["named_petitioners"]) <= len(members) - int(row["anonymous_filings"])
        assert row["title"]
        assert row["title"] not in set(source["title"])
        assert group[shared].drop_duplicates().to_dict("records") == [{name: row[name] for name in shared}]
    sizes = [int(row["filings"]) for row in matters]
    assert sizes == sorted(sizes, reverse=True)


def test_edges_connect_each_matter_and_no_other(out: Path) -> None:
    matter = _table(out, "filings.csv").set_index("filing_id")["matter_id"].to_dict()
    pairs = _table(out, "pairs.csv")
    root = {str(name): str(name) for name in matter}

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for left, right, word in zip(*(pairs[name].tolist() for name in ("left_id", "right_id", "decision")), strict=True):
        assert (matter[left] == matter[right]) == (word == "same")
        if word == "same":
            root[find(left)] = find(right)
    assert len({find(name) for name in root}) == len(set(matter.values()))
    rejected = pairs[pairs["decision"] == "different"]
    assert pd.concat([rejected["left_id"], rejected["right_id"]]).value_counts().max() <= 5
    assert pairs["probability"].astype(float).between(0, 1).all()
    assert pairs["reason"].str.len().gt(0).mean() > 0.9


def test_run_holds_figures_and_no_content(out: Path, source: pd.DataFrame) -> None:
    raw = (out / "run.json").read_text("utf-8")
    run = json.loads(raw)
    assert {"version", "model", "settings", "counts", "seconds", "notes", "peak_memory_mib"} <= run.keys()
    assert run["counts"]["rows"] == len(source)
    for column in ("petitioner", "phone", "id_number", "accused", "text", "title"):
        assert not [value for value in source[column] if len(value) > 1 and value in raw]


def _partition(result: rd.Result) -> dict[str, list[object]]:
    table = result.filings.set_index("filing_id").sort_index()
    return {str(name): row.tolist() for name, row in zip(table.index, table.to_numpy(), strict=True)}


def test_the_order_of_rows_changes_nothing(anlan: Path, anlan_result: rd.Result) -> None:
    filings = rd.read_filings(anlan / "filings.csv")
    cases, officials = rd.read_cases(anlan / "cases.csv"), rd.read_officials(anlan / "officials.csv")
    shuffled = filings.sample(frac=1, random_state=np.random.RandomState(7))
    again = rd.detect(shuffled, cases, officials, settings=Settings(jobs=1))
    assert again.filings["filing_id"].tolist() == shuffled["filing_id"].tolist()
    wanted, got = _partition(anlan_result), _partition(again)
    assert {name: str(row) for name, row in got.items()} == {name: str(row) for name, row in wanted.items()}


def test_hash_seed_and_processes_change_nothing(anlan: Path, tmp_path: Path) -> None:
    written = set()
    for seed, jobs in (("1", "1"), ("2", "2")):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-m", "repeatdetect.cli", "dedupe", str(anlan / "filings.csv"), "-o", str(folder), "-q",
             "--jobs", jobs],
            check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        written.add(tuple((folder / name).read_bytes() for name in FILES))
    assert len(written) == 1


def test_text_alone_is_enough(anlan: Path) -> None:
    filings = rd.read_filings(anlan / "filings.csv")[["filing_id", "text"]]
    result = rd.detect(filings)
    assert result.filings["filing_id"].tolist() == filings["filing_id"].tolist()
    assert result.filings["matter_id"].nunique() < len(filings)


def test_one_filing_and_all_alike_and_blank_texts() -> None:
    one = rd.detect(pd.DataFrame({"text": ["村里的路灯不亮"]}))
    assert one.filings["status"].tolist() == ["single"]
    alike = rd.detect(pd.DataFrame({"filing_id": list("abc"), "text": ["石坎村书记贺三德贪污修路款三万元"] * 3}))
    assert alike.filings["matter_id"].nunique() == 1
    assert alike.filings["relation"].tolist() == ["", "verbatim", "verbatim"]
    blank = rd.detect(pd.DataFrame({"filing_id": list("ab"), "text": ["", ""]}))
    assert blank.filings["status"].tolist() == ["single", "single"]


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("路三", "路五", "joint"),
        ("A0012", "A0013", "joint"),
        ("路三等五人", "路三", "repeat"),
        ("路三、柴满（12人）", "柴满", "repeat"),
    ],
)
def test_who_is_the_same_petitioner(first: str, second: str, status: str) -> None:
    text = "石坎村书记贺三德贪污修路款三万元，请查"
    table = pd.DataFrame(
        {"filing_id": ["1", "2"], "date": ["2021-1-1", "2021-1-2"], "petitioner": [first, second], "text": text}
    )
    assert rd.detect(table).filings["status"].tolist() == ["first", status]


def test_an_empty_export_gives_empty_tables(anlan: Path) -> None:
    result = rd.detect(rd.read_filings(anlan / "filings.csv").head(0))
    assert (len(result.filings), len(result.matters), len(result.pairs)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("非匿名", "yes"),
        ("不匿名", "yes"),
        ("匿名", "no"),
        ("不公开", ""),
        ("公开", "yes"),
        ("未署名", "no"),
        ("实名", "yes"),
        ("已署名", "yes"),
        ("没有署名", "no"),
        ("没署名", "no"),
        ("不愿署名", "no"),
        ("不愿意实名", "no"),
        ("没有实名", "no"),
        ("拒绝实名", "no"),
        ("不肯具名", "no"),
        ("没留名", "no"),
        ("没有", "no"),
        ("未实名", "no"),
        ("没有匿名", "yes"),
        ("不要求匿名", "yes"),
        ("要求匿名", "no"),
        ("实名（不公开）", "yes"),
        ("署名，但要求匿名", "no"),
    ],
)
def test_what_is_said_of_the_name(word: str, named: str) -> None:
    assert canonical(pd.DataFrame({"text": ["路灯不亮"], "named": [word]}))["named"].tolist() == [named]


@pytest.mark.parametrize("name", ["没留名", "未署名", "不愿透露姓名", "未留", "拒绝署名"])
def test_who_gives_no_name_is_nobody(name: str) -> None:
    table = canonical(pd.DataFrame({"text": ["路灯不亮"], "petitioner": [name]}))
    assert table[["petitioner", "named"]].to_numpy().tolist() == [["", "no"]]


def test_what_a_store_puts_between_cells_is_in_none() -> None:
    table = canonical(pd.DataFrame({"text": ["路灯不亮"], "unit": ["双桥\x1f粮站"]}))
    told = prepare(table).told
    assert told["unit"] == ["双桥粮站"]
    assert Corpus.loads(table, prepare(table).dumps()).told == told


def test_filings_of_a_title_alone_have_ids_of_their_own() -> None:
    table = pd.DataFrame({"title": ["路灯不亮", "水管漏水"], "text": ["", ""], "date": ["2021-1-1"] * 2})
    one, other = canonical(table)["filing_id"]
    assert one[:18] != other[:18]
    assert canonical(table.iloc[::-1])["filing_id"].tolist() == [other, one]


def test_an_error_survives_another_process() -> None:
    for error in (InputError("E101", "找不到文件", place="a.csv", hint="请核对。"), StoreError("E302", "被占用")):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert (again.code, again.exit_code) == (error.code, error.exit_code)
