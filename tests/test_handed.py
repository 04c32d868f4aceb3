"""What programs hand over: whatever is wrong with it is one coded error that names the argument, never a traceback."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import repeatdetect as rd
from repeatdetect.errors import InputError
from repeatdetect.ledger import CASE_ALIASES, OFFICIAL_ALIASES

FILINGS = pd.DataFrame(
    {"filing_id": ["1", "2"], "accused": "骆占山", "place": "清溪镇", "text": "骆占山收受修路老板两万元。"}
)


def refused(code: str, **given: Any) -> str:
    with pytest.raises(InputError) as caught:
        rd.detect(**{"filings": FILINGS, "settings": rd.Settings(jobs=1), **given})
    assert caught.value.code == code
    return str(caught.value)


@pytest.mark.parametrize("filings", [None, [1], {"text": ["x"]}, "a.csv", FILINGS["text"]], ids=str)
def test_filings_that_are_no_table(filings: object) -> None:
    assert "read_filings" in refused("E112", filings=filings)


@pytest.mark.parametrize(("name", "lacking"), [("cases", "E113"), ("officials", "E113"), ("decisions", "E218")])
def test_other_tables(name: str, lacking: str) -> None:
    assert name in refused("E112", **{name: "x.xlsx"})
    assert name in refused(lacking, **{name: pd.DataFrame({"x": [1]})})


@pytest.mark.parametrize("rows", [["a", "b"], [1, np.nan], [None, None], [1, 2.5]])
def test_row_numbers_that_are_none(rows: list[Any]) -> None:
    assert "row" in refused("E114", filings=FILINGS.assign(row=rows))


def test_row_numbers_however_they_are_written() -> None:
    for rows in ([3, 4], ["3", "4"], [3.0, 4.0]):
        found = rd.detect(FILINGS.assign(row=rows), settings=rd.Settings(jobs=1))
        assert found.corpus.filings["row"].tolist() == [3, 4]


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("ns"), pa.string()], ids=str)
def test_dates_of_arrow(kind: Any) -> None:
    days: list[Any] = [datetime.date(2021, 3, 5), None]
    if kind == pa.string():
        days = ["2021-03-05", None]
    column = pd.Series(pd.array(pa.array(days).cast(kind).to_pylist(), dtype=pd.ArrowDtype(kind)))
    found = rd.detect(FILINGS.assign(date=column), settings=rd.Settings(jobs=1)).corpus.filings["date"]
    assert found.iloc[0] == pd.Timestamp("2021-03-05")
    assert pd.isna(found.iloc[1])


@pytest.mark.parametrize("settings", [{}, {"same": 0.5}, "设置.toml"])
def test_settings_that_are_none(settings: object) -> None:
    refused("E202", settings=settings)


@pytest.mark.parametrize(
    "given",
    [
        {"same": "0.5"}, {"same": True}, {"same": 0.3, "review": 0.9}, {"jobs": -1}, {"jobs": "2"}, {"jobs": 1.5},
        {"own_leaders": "骆占山"}, {"own_leaders": None}, {"proposal_filings": 0}, {"proposal_filings": -3},
        {"soon_days": -5}, {"place_aliases": {"上河村": 1}}, {"escalation": None},
    ],
)  # fmt: skip
def test_settings_out_of_range(given: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        rd.Settings(**given)
    assert caught.value.code == "E202"
    assert next(iter(given)) in str(caught.value)


def test_settings_take_lists_and_numbers_of_any_make() -> None:
    settings = rd.Settings(own_leaders=["骆占山"], soon_days=np.int64(3), same=np.float64(0.8))  # type: ignore[arg-type]
    assert settings.own_leaders == ("骆占山",)


@pytest.mark.parametrize("path", [None, 3, [], [None]])
def test_no_path(path: Any) -> None:
    with pytest.raises(InputError, match="E101"):
        rd.read_filings(path)


def test_a_township_given_twice_is_told_where_it_matters() -> None:
    rows = [
        ("清溪镇", "向明远", "严守正"),
        ("清溪镇", "向明远", "古思齐"),
        ("白石乡", "钟其昌", ""),
        ("白石乡", "钟其昌", ""),
    ]
    officials = pd.DataFrame(rows, columns=["town", "secretary", "lead_official"])
    officials = officials.reindex(columns=[*OFFICIAL_ALIASES], fill_value="")
    result = rd.detect(FILINGS, officials=officials, settings=rd.Settings(jobs=1))
    assert result.matters["lead_official"].tolist() == ["严守正、古思齐"]
    (note,) = [note for note in result.run["notes"] if "分工表" in note]
    assert "清溪镇" in note
    assert "白石乡" not in note


def test_empty_tables_of_the_right_columns_are_none() -> None:
    cases = pd.DataFrame({name: pd.Series(dtype=object) for name in CASE_ALIASES})
    assert len(rd.detect(FILINGS, cases=cases, settings=rd.Settings(jobs=1)).filings) == 2


@pytest.mark.parametrize(
    "name", ["骆占山", "骆　占山", "骆 占 山", "骆占山同志", "骆占山(党委书记)", " 清溪镇党委书记骆占山"]
)
def test_officials_are_recused_however_their_cell_is_written(name: str) -> None:
    officials = pd.DataFrame([{"town": "清溪 镇、白石乡", "secretary": name, "lead_official": f"县纪委常委{name}"}])
    officials = officials.reindex(columns=[*OFFICIAL_ALIASES], fill_value="")
    found = rd.detect(FILINGS, officials=officials, settings=rd.Settings(jobs=1))
    assert found.links["recused"].tolist() == ["骆占山"]
    assert not found.filings[["lead_official", "responsible_official"]].to_numpy().any()


def test_a_ledger_of_a_program_is_cleaned_as_one_of_a_file() -> None:
    row = dict.fromkeys(CASE_ALIASES, "") | {
        "case_id": "HJ-1", "subject": "侵占补偿款", "lead_official": "县纪委常委严守正", "responsible_official": "向 明远",
        "due_date": (datetime.date.today() + datetime.timedelta(days=900)).isoformat(),
    }  # fmt: skip
    given = pd.DataFrame([row, row, {**row, "case_id": "合计", "subject": ""}])
    cases = rd.detect(FILINGS, cases=given, settings=rd.Settings(jobs=1)).cases
    assert cases is not None
    assert cases["case_id"].tolist() == ["HJ-1", "HJ-1-2"]
    assert cases["lead_official"].tolist() == ["严守正"] * 2
    assert cases["lead_post"].tolist() == ["县纪委常委"] * 2
    assert cases["responsible_official"].tolist() == ["向明远"] * 2
    assert cases["due_date"].notna().all()
    assert given["case_id"].tolist() == ["HJ-1", "HJ-1", "合计"]
