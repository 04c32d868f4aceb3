"""Cells as text and as dates, in every form that systems write."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repeatdetect.cells import as_date, as_dates, as_text, as_texts, blank

DAY = datetime(2021, 3, 5)
MINUTE = datetime(2021, 3, 5, 9, 1)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2021/3/5 9:01", MINUTE), ("2021-03-05T09:01:00", MINUTE), ("2021-03-05 09:01:00.000", MINUTE),
        ("2021年3月5日9时1分", MINUTE), ("20210305 09:01", MINUTE), ("202103050901", MINUTE),
        ("20210305090100", MINUTE), ("2021年3月5日（星期五） 9:01", MINUTE), ("2021/3/5 上午9:01", MINUTE),
        ("2021-03-05T01:01:00Z", MINUTE), ("2021-03-05T09:01:00+08:00", MINUTE), ("1614906060", MINUTE),
        (1614906060000, MINUTE), (pd.Timestamp("2021-03-05T01:01", tz="UTC"), MINUTE), (np.datetime64(MINUTE), MINUTE),
        (datetime(2021, 3, 5, 1, 1, tzinfo=timezone.utc), MINUTE),  # noqa: UP017
        ("2021/3/5 下午3:05", datetime(2021, 3, 5, 15, 5)), ("2021-3-5 12:05 AM", datetime(2021, 3, 5, 0, 5)),
        ("2021年3月5日", DAY), ("2021.3.5", DAY), ("20210305", DAY), ("20210305.0", DAY), (20210305, DAY),
        ("44260", DAY), (44260.0, DAY), (44260.375, datetime(2021, 3, 5, 9)), ("２０２１／３／５", DAY), ("'2021-03-05", DAY),
        ("二〇二一年三月五日", DAY), (date(2021, 3, 5), DAY), ("2021年3月", datetime(2021, 3, 1)), ("2021.3", datetime(2021, 3, 1)),
        ("二〇二一年十二月二十五日", datetime(2021, 12, 25)), ("2021、3、5", DAY), ("2021--3-5", DAY), ("2021—3—5", DAY), ("21-3-5", DAY),
        ("21.3.5", DAY), ("21年3月5日 9:01", MINUTE), ("98-3-5", datetime(1998, 3, 5)),
        ("二〇二一年三月二一日", datetime(2021, 3, 21)), ("二〇二一年一二月五日", datetime(2021, 12, 5)),
        ("二千零二十一年三月廿一日", datetime(2021, 3, 21)), ("二〇二一年三月五", DAY), ("二一年三月五日", DAY),
        ("2021年三月5日", DAY), ("2021年元月5日", datetime(2021, 1, 5)), ("2021年3月份", datetime(2021, 3, 1)),
        ("2021-03-0509:01", MINUTE), ("2021-3-5至2021-3-8", DAY), ("2021-03-04 24:00", DAY), ("2021/2/28 24:00:00", datetime(2021, 3, 1)),
    ],
)  # fmt: skip
def test_dates_in_every_form(cell: object, moment: datetime) -> None:
    assert as_date(cell) == moment


@pytest.mark.parametrize(
    "cell",
    [
        "2021-13-45",
        "待定",
        "",
        None,
        pd.NaT,
        float("nan"),
        "2021",
        3,
        "长期",
        True,
        1e30,
        "03/05/2021",
        "05-03-21",
        "21-3",
        "12-3-5",
        "2021-3-512",
        "2021-3-512:00",
        "2021-03-05123",
        "2021-03 12:00",
        "2021年3月初",
        "二〇二一年五二月五日",
        "亿亿亿亿年三月五日",
    ],
)
def test_what_is_no_date_is_none(cell: object) -> None:
    assert as_date(cell) is None


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)), st.sampled_from(["%Y/%m/%d %H:%M:%S", "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S"]))  # fmt: skip
def test_a_written_moment_is_read_back(moment: datetime, form: str) -> None:
    moment = moment.replace(microsecond=0)
    assert as_date(moment.strftime(form)) == moment


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0012", "0012"), (12.0, "12"), (13800000000.0, "13800000000"), (0.5, "0.5"),
        (110101199001010121.0, "110101199001010***"), (np.float64(6222020111122223333), "622202011112222****"),
        (110101199001010121, "110101199001010121"), (999999999999999.0, "999999999999999"), (None, ""), (pd.NA, ""),
        ("a\x00b\r\nc\rd", "ab\nc\nd"), ("双桥\x1f粮\x0b站\t", "双桥粮站\t"), ("\ud800", "?"), (["张", "李"], "张、李"), (DAY, "2021-03-05"), (True, "True"),
        ({"甲": 1}, '{"甲": 1}'),
    ],
)  # fmt: skip
def test_text_of_cells(cell: object, text: str) -> None:
    assert as_text(cell) == text


@given(st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.lists(st.text()), st.dictionaries(st.text(), st.text())))  # fmt: skip
def test_any_cell_can_be_written_to_a_file(cell: object) -> None:
    text = as_text(cell)
    assert not set(text) & {chr(code) for code in range(32) if chr(code) not in "\t\n"}
    text.encode("utf-8")
    as_date(cell)
    if blank(cell):
        assert not text.strip("\ufeff \t\n\u3000\xa0")
    assert as_texts([cell, "甲"]) == [text, "甲"]


def test_dates_that_cannot_be_are_none_and_told() -> None:
    ahead = datetime.now() + timedelta(days=800)
    cells = ["2021-3-5", "1899-01-01", "9999-12-31", "", "待定", ahead.isoformat(), None]
    for column in (cells, [as_date(cell) for cell in cells]):
        found, lost = as_dates(pd.Series(column, dtype=object))
        assert found[0] == np.datetime64(DAY)
        assert np.isnat(found[1:]).all()
        assert set(lost) - {4} == {1, 2, 5}
    found, lost = as_dates(pd.Series(np.array([DAY, None, ahead], "datetime64[s]")))
    assert lost == [2]
    assert as_dates(pd.Series([ahead]), ahead=True)[1] == []
