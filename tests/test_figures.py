"""Numbers and days: what restates an earlier one, and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repeatdetect.figures import Figures


def known(earlier: str, later: str) -> list[bool]:
    """Whether each figure of a later text was stated in an earlier one."""
    figures = Figures.scan(f"{earlier}\n{later}")
    time = (figures.start > len(earlier)).astype(np.int64)
    return [bool(flag) for flag in figures.known(np.zeros_like(time), time)[time > 0]]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("6000元", "陆仟元"),
        ("总价86万元", "八十六万"),
        ("128.6万元", "一百二十多万"),
        ("297.6万元", "近三百万"),
        ("43.2万元", "四十三万"),
        ("50.1万元", "五十万"),
        ("每吨3.8元", "每吨三块八"),
        ("每株0.62元", "六毛二一棵"),
        ("一套398元", "三百九十八一套"),
        ("9月14日", "九月十四号"),
        ("三十户", "三十多户"),
        ("一船1200元", "一船一千二"),
        ("1,200元", "1200元"),
        ("廿万元", "20万元"),
        ("30块", "30块一担"),
        ("8元", "8元一小时"),
        ("9万元", "九万一年"),
        ("每个5000元", "五千一个"),
        ("59.5万元", "59万5千块"),
        ("46座", "四十六个"),
        ("3.8万元", "交了3万8，"),
        ("3.8万元", "3万8一亩"),
        ("0.88元", "八毛八一度"),
    ],
)
def test_restated(earlier: str, later: str) -> None:
    assert known(earlier, later) == [True]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("14眼井", "14户"),
        ("6眼井", "六个"),
        ("30块", "三十块一"),
        ("59万元", "59万5千块"),
        ("3万元", "3万8。"),
        ("128.6万元", "一百三十五万"),
        ("86万元", "86元"),
        ("9月14日", "9月15日"),
        ("三十户", "四十多户"),
        ("6000元", "6500元"),
        ("", "三万元"),
    ],
)
def test_another_figure(earlier: str, later: str) -> None:
    assert known(earlier, later) == [False]


@pytest.mark.parametrize("text", ["六七年", "两三个"])
def test_a_range_of_a_handful_is_no_figure(text: str) -> None:
    assert known("", text) == []


def test_matters_are_apart() -> None:
    figures = Figures.scan("三万元，三万元")
    assert figures.known(np.array([0, 1]), np.array([0, 1])).tolist() == [False, False]
    assert figures.known(np.array([1, 1]), np.array([0, 1])).tolist() == [False, True]


@given(st.text("0123456789.,万千百亿多余几来零一二三四五六七八九十点月日号年块毛元两廿 个、)近约", max_size=60))
def test_any_run_of_numerals_is_read_in_order_and_knows_itself(text: str) -> None:
    figures = Figures.scan(text)
    assert (figures.start < figures.end).all()
    assert (figures.end[:-1] <= figures.start[1:]).all()
    assert np.isfinite(figures.value).all()
    twice = Figures.scan(text + "\n" + text)
    time = (twice.start > len(text)).astype(np.int64)
    assert twice.known(np.zeros_like(time), time)[time > 0].all()
