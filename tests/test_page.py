"""report.html in a real browser: what a reader finds, what a filing cannot do to it, and that it asks for nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from benchmarks import hostile
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

import repeatdetect as rd
from repeatdetect.report import page
from repeatdetect.report.content import Content, Entry
from repeatdetect.report.page_data import LONGEST, page_data, segments
from repeatdetect.report.passages import Span, without
from tests.conftest import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[[Path], "Page"]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file from disk at 1366×768; afterwards nothing may have been requested but that file, nothing failed."""
    asked: list[str] = []
    wrong: list[str] = []
    opened: list[str] = []
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))

    def go(path: Path) -> Page:
        opened.append(path.as_uri())
        tab.goto(path.as_uri())
        return tab

    yield go
    tab.close()
    assert asked == opened
    assert wrong == []


@pytest.fixture(scope="module")
def anlan_page(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    page.write(Content(anlan_result), path)
    return path


def test_a_first_reader_finds_the_four_answers(anlan_result: rd.Result, anlan_page: Path, open_page: Open) -> None:
    counts, matters = anlan_result.run["counts"], anlan_result.matters
    tab = open_page(anlan_page)
    # how many matters behind N filings
    assert f"{counts['filings']} 件来件，实为 {counts['matters']} 件事" in tab.inner_text("header")
    matter = matters[(matters["filings"] >= 7) & (matters["responsible_official"] != "")].iloc[0]
    filings = anlan_result.filings[anlan_result.filings["matter_id"] == matter["matter_id"]].set_index("repeat_no")
    tab.click(f".item[data-id='{matter['matter_id']}']")
    # which was first
    expect(tab.locator("#filing-1")).to_contain_text(str(filings.loc[1, "filing_id"]))
    expect(tab.locator("#filing-1")).to_contain_text("初次件")
    # who is responsible
    assert tab.locator(".facts .who dd").all_inner_texts() == [matter["lead_official"], matter["responsible_official"]]
    # what is new in the 7th
    tab.fill("#number", "7")
    tab.press("#number", "Enter")
    expect(tab.locator("#filing-7")).to_be_visible()
    marked = "".join(tab.locator("#filing-7 mark").all_text_contents())
    assert _letters(marked) == _letters(str(filings.loc[7, "new_content"]))
    assert tab.locator("#matter .timeline svg path").count() >= len(filings)


def _letters(value: str) -> str:
    return re.sub(r"[\W_]", "", value)


def test_what_a_filing_holds_is_shown_as_text(hostile_result: rd.Result, tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "report.html"
    page.write(Content(hostile_result), path)
    tab = open_page(path)
    tab.click(".item")
    for number, text in enumerate(HOSTILE, 1):
        shown = tab.locator(f"#filing-{number}")
        assert _letters(text) in _letters(shown.locator(".subject").text_content() or "")
        assert _letters(text) in _letters(shown.locator(".text").text_content() or "")
        assert "柴<b>守田</b>" in (shown.text_content() or "")
    assert tab.evaluate("window.broken") is None
    assert tab.locator("img, #matter script, #matter b b").count() == 0
    tab.fill("[name=query]", "=cmd|'")
    expect(tab.locator("#found")).to_contain_text("1 件事")


def test_grounds_open_as_a_waterfall(anlan_page: Path, open_page: Open) -> None:
    tab = open_page(anlan_page)
    tab.click(".item")
    tab.locator(".grounds").first.click()
    shown = tab.locator(".waterfall").first
    assert "起点" in (shown.text_content() or "")
    assert "合计" in (shown.text_content() or "")


def test_search_filters_and_order_narrow_the_list(anlan_result: rd.Result, anlan_page: Path, open_page: Open) -> None:
    matters = anlan_result.matters
    tab = open_page(anlan_page)

    def listed() -> list[str]:
        return [str(item.get_attribute("data-id")) for item in tab.locator(".item").all()]

    single = anlan_result.filings[anlan_result.filings["status"] == "single"].iloc[0]
    tab.fill("[name=query]", str(single["filing_id"]).lower())
    expect(tab.locator(".item")).to_have_count(1)
    assert listed() == [single["matter_id"]]
    tab.click("#clear")
    many = matters[matters["filings"] > 1]
    assert len(listed()) == min(len(many), 60)
    official = many.loc[many["responsible_official"] != "", "responsible_official"].mode()[0]
    tab.select_option("[name=official]", official)
    theirs = many[(many["responsible_official"] == official) | (many["lead_official"] == official)]
    assert set(listed()) == set(theirs["matter_id"])
    tab.select_option("[name=sort]", "last")
    last = matters.set_index("matter_id")["last_date"]
    assert [last[name] for name in listed()] == sorted((last[name] for name in listed()), reverse=True)
    tab.click("#clear")
    tab.select_option("[name=status]", "recused")
    recused = matters[matters["link_note"].str.startswith("回避")]
    assert set(listed()) == set(recused["matter_id"])
    tab.click("#clear")
    town = tab.locator("[name=town] option").nth(1).get_attribute("value") or ""
    tab.select_option("[name=town]", town)
    place = matters.set_index("matter_id")["place"]
    assert listed()
    assert all(place[name].startswith(town) for name in listed())


def test_a_matter_of_many_filings_is_drawn_when_needed_and_whole_on_paper(tmp_path: Path, open_page: Open) -> None:
    rows, _ = hostile.identical(150)
    export = tmp_path / "filings.csv"
    pd.DataFrame(rows[1:], columns=list(rows[0])).to_csv(export, index=False)
    result = rd.detect(rd.read_filings(export))
    assert len(result.matters) == 1
    page.write(Content(result), tmp_path / "report.html")
    tab = open_page(tmp_path / "report.html")
    tab.click(".item")
    expect(tab.locator("#filing-1")).to_be_visible()
    assert tab.locator(".filing").count() < 100
    tab.fill("#number", "120")
    tab.press("#number", "Enter")
    expect(tab.locator("#filing-120")).to_be_visible()
    tab.pdf()
    assert tab.locator(".filing").count() == 150


def test_masked_pages_name_no_petitioner(anlan: Path, anlan_result: rd.Result, tmp_path: Path) -> None:
    page.write(Content(anlan_result, masked=True), tmp_path / "masked.html")
    written = (tmp_path / "masked.html").read_text(encoding="utf-8")
    source = anlan_result.corpus.filings
    assert "身份已隐去" in written
    secret = {name for column in ("petitioner", "phone", "id_number") for name in source[column] if len(name) > 1}
    assert len(secret) > 10
    assert [word for word in secret if word in written] == []


def test_beyond_its_room_the_page_says_what_it_leaves_out(
    anlan_result: rd.Result, tmp_path: Path, open_page: Open
) -> None:
    most = 60
    data = page_data(Content(anlan_result), most)
    shown = sum(len(matter["filings"]) for matter in data["matters"])
    assert shown <= most
    assert data["left_out"]["filings"] == len(anlan_result.filings) - shown
    assert data["matters"][0]["id"] == anlan_result.matters["matter_id"].iloc[0]
    page.write(Content(anlan_result), tmp_path / "report.html", most=most)
    said = open_page(tmp_path / "report.html").inner_text("#left-out")
    assert f"{data['left_out']['filings']} 件来件未列出" in said


def test_grounds_add_up_to_the_probability(anlan_result: rd.Result) -> None:
    data = page_data(Content(anlan_result), page.SHOWN)
    told = [filing["why"] for matter in data["matters"] for filing in matter["filings"] if filing["why"]]
    assert len(told) > 50
    for why in told:
        score = why["start"] + sum(value for _, value in why["points"]) + why["rest"]
        if 0.001 < why["p"] < 0.999:
            assert score == pytest.approx(math.log(why["p"] / (1 - why["p"])), abs=0.15)


def test_the_page_weighs_little_beyond_its_data(anlan_page: Path) -> None:
    written = anlan_page.read_text(encoding="utf-8")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', written, re.DOTALL)
    assert data
    assert len(written.encode()) - len(data[1].encode()) <= 3_000_000


@given(
    st.text(alphabet="甲乙丙😀\n<", max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
)
def test_segments_hold_the_whole_text_in_order(body: str, cuts: list[Span]) -> None:
    spans = sorted((a, min(b, len(body))) for a, b in cuts if a < min(b, len(body)))
    new = [span for k, span in enumerate(spans) if not k or span[0] >= max(b for _, b in spans[:k])]
    entry = _entry(body, new, without([(0, len(body))] if body else [], new))
    pieces = segments(entry)
    assert "".join(piece for _, piece in pieces) == body
    assert [piece for kind, piece in pieces if kind == 2] == entry.news


def test_new_passages_beyond_the_longest_text_are_kept() -> None:
    body = "旧" * LONGEST + "新的事" + "旧" * 50
    pieces = segments(_entry(body, [(LONGEST, LONGEST + 3)], []))
    assert [piece for kind, piece in pieces if kind == 2] == ["新的事"]
    assert len("".join(piece for _, piece in pieces)) < LONGEST + 100


def _entry(body: str, new: list[Span], shared: list[Span]) -> Entry:
    return Entry(0, "A", "M-1", 1, "first", "", None, "", "", None, "", "匿名", "", body, new, shared)
