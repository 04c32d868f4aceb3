"""Cells that list people, as people fill them: one rule for petitioners, accused and officials."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect.accused_cells import field_persons
from repeatdetect.ledger import person
from repeatdetect.namelist import closed, names_in, only_surname

ODD = "？?-—*×x.。0他她我某村A😀<>(（[【\\|/='’\"!·、，; \u3000\x00王张欧阳老书记等和"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("蓝　生", ["蓝生"]),
        ("蓝 水 生", ["蓝水生"]),
        ("欧阳 娜", ["欧阳娜"]),
        ("诸葛　亮", ["诸葛亮"]),
        ("石 三 李 四", ["石三", "李四"]),
        ("石三丰 李四光", ["石三丰", "李四光"]),
        ("石和平", ["石和平"]),
        ("石大有和李四", ["石大有", "李四"]),
        ("蓝生（女）", ["蓝生"]),
        ("蓝生（女", ["蓝生"]),
        ("蓝生同志", ["蓝生"]),
        ("村民蓝生", ["蓝生"]),
        ("村民代表：蓝生", ["蓝生"]),
        ("蓝生(代表)/石大有", ["蓝生", "石大有"]),
        ("蓝生 13800001111", ["蓝生"]),
        ("蓝生13800001111", ["蓝生"]),
        ("蓝生、李　四等12人", ["蓝生", "李四"]),
        ("蓝女士", ["蓝女士"]),
        ("蓝生，电话13800001111", ["蓝生"]),
        ("蓝生 联系电话：13800001111", ["蓝生"]),
        ("蓝生，手机，身份证", ["蓝生"]),
        ("蓝生，男，45岁，住石塘村三组", ["蓝生"]),
        ("蓝生，本村村民", ["蓝生"]),
        ("石塘村村民蓝生", ["蓝生"]),
        ("石塘村村民蓝生、居民石大有", ["蓝生", "石大有"]),
        ("网友123", ["网友123"]),
        *(
            (nobody, [])
            for nobody in (
                "网友",
                "人民网网友",
                "游客",
                "微信用户",
                "三中家长",
                "一个村医",
                "某村村医",
                "全体职工家属",
                "老百姓",
                "退休老党员",
                "村民代表",
                "IP:湖南",
                "12388举报人",
            )
        ),
        ("王家长", ["王家长"]),
        ("欧阳家长", ["欧阳家长"]),
        ("蓝水生家长", ["蓝水生家长"]),
        ("网友、蓝生", ["蓝生"]),
        ("13800001111", []),
        ("？", []),
    ],
)
def test_names_of_petitioners(cell: str, names: list[str]) -> None:
    assert list(names_in(cell)) == names


@pytest.mark.parametrize("cell", [*"？?-—*×x.。0他她我某村A😀", "=cmd|' /C calc'!A0", "<b>", "\x00", "13800001111"])
def test_what_names_nobody_is_no_accused(cell: str) -> None:
    assert field_persons(cell) == ()
    assert [p.name for p in field_persons(f"骆占山、{cell}")] == ["骆占山"]


@pytest.mark.parametrize("cell", ["骆军等", "骆军等人", "骆军等3人", "骆　军", "骆军*", "1.骆军", "【骆军】"])
def test_accused_without_what_stands_around_the_name(cell: str) -> None:
    assert [p.name for p in field_persons(cell)] == ["骆军"]


def test_where_an_aligned_name_stands() -> None:
    (person,) = field_persons("骆 占 山")
    assert (person.name, person.start, person.end) == ("骆占山", 0, 5)


@given(st.text(st.sampled_from(ODD), max_size=6), st.sampled_from(["", "村支书"]))
def test_any_short_cell_is_read(cell: str, post: str) -> None:
    for one in field_persons(cell, post):
        assert 0 <= one.start <= one.end <= len(cell)
    names_in(cell)
    assert len(person(cell)) == 2
    assert closed(closed(cell)) == closed(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "严守正*",
        "严守正1",
        "严守正①",
        "※严守正",
        "严守正，13812345678",
        "严守正 13812345678",
        "严守正*同志",
        "严 守正",
        "严守正[1]",
    ],
)
def test_officials_without_marks_and_numbers(cell: str) -> None:
    assert person(cell) == ("严守正", "")


@pytest.mark.parametrize("cell", ["？", "(", "[严", "\\", "*", "1"])
def test_what_is_no_name_of_an_official(cell: str) -> None:
    assert person(cell) == ("", "")


@pytest.mark.parametrize("name", ["？", "(", "[严", "\\", "严("])
def test_a_name_given_by_a_program_is_no_pattern(name: str) -> None:
    filings = pd.DataFrame(
        {"text": ["清溪镇副镇长骆占山收受修路老板两万元。"] * 2, "accused": ["骆占山"] * 2, "place": ["清溪镇"] * 2}
    )
    officials = pd.DataFrame(
        {"town": ["清溪镇"], "secretary": [name], "mayor": [name], "lead_official": [name], "lead_post": [""]}
    )
    result = rd.detect(filings, officials=officials, settings=rd.Settings(jobs=1))
    assert result.matters["lead_official"].tolist() == [person(name)[0]]


@pytest.mark.parametrize(
    ("name", "told"),
    [("蓝女士", ("蓝", "女")), ("欧阳先生", ("欧阳", "男")), ("蓝某某", ("蓝", "")), ("蓝**", ("蓝", "")), ("老蓝", ("蓝", "")), ("蓝水生", None), ("网友123", None)],
)  # fmt: skip
def test_names_that_hide_the_given_name(name: str, told: tuple[str, str] | None) -> None:
    assert only_surname(name) == told


@pytest.mark.parametrize("name", ["李新村", "刘卫镇", "陈光乡", "张三号"])
def test_a_name_that_ends_as_places_do_is_a_name(name: str) -> None:
    assert names_in(name) == (name,)


@pytest.mark.parametrize("place", ["张庄村", "石塘村", "李家村", "清溪镇"])
def test_a_place_in_a_cell_of_names_is_nobody(place: str) -> None:
    assert names_in(place) == ()
