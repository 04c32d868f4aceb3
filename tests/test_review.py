"""The review page: driven by keys in a real browser, closed to everybody else; questions asked once and none in vain."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

import repeatdetect as rd
from repeatdetect import cli
from repeatdetect.contradictions import contradictions
from repeatdetect.decisions import Decision, read_decisions
from repeatdetect.history import History
from repeatdetect.review.align import aligned, differing
from repeatdetect.review.queue import Questions
from repeatdetect.review.session import Session
from tests.conftest import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Serve = Callable[..., str]


def _folder(filings: pd.DataFrame, pairs: list[tuple[str, str]], out: Path) -> None:
    """A result folder in which every filing is a matter of its own and these pairs are doubtful; and its export."""
    out.mkdir()
    ids = filings["filing_id"].tolist()
    pd.DataFrame({"filing_id": ids, "matter_id": [f"M-{name}" for name in ids]}).to_csv(out / "filings.csv")
    matters = pd.DataFrame({"matter_id": [f"M-{name}" for name in ids], "title": "某事", "filings": 1})
    matters.to_csv(out / "matters.csv")
    table = pd.DataFrame(pairs, columns=["left_id", "right_id"])
    table.assign(probability=0.4321, decision="review").to_csv(out / "pairs.csv")
    filings.to_csv(out / "export.csv", index=False)


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Starts `review` as people do and gives the address it tells; every server must end well when interrupted."""
    started: list[subprocess.Popen[str]] = []

    def start(out: Path, *options: str) -> str:
        folder = [str(out / "export.csv"), "--result", str(out), "--decisions", str(out / "D.csv")]
        of = [] if "--db" in options else folder
        command = [sys.executable, "-m", "repeatdetect.cli", "review", *of, "--who", "王五", "--no-browser", *options]
        env = {**os.environ, "PYTHONPATH": str(Path(rd.__file__).parents[1])}
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env))
        stdout = started[-1].stdout
        assert stdout
        said = stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", said)
        assert found, said
        return found.group()

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert process.returncode == 0, said
        assert "本次判定" in said


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens an address at 1366×768; afterwards nothing may have been asked of another host, and nothing failed."""
    asked: list[str] = []
    wrong: list[str] = []
    hosts: list[str] = []
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))

    def go(address: str) -> Page:
        hosts.append(address.partition("/?")[0])
        tab.goto(address)
        return tab

    yield go
    context.close()
    assert all(url.startswith(tuple(f"{host}/" for host in hosts)) for url in asked), asked
    assert wrong == []


@pytest.fixture(scope="module")
def anlan_folder(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("review") / "out"
    pairs = anlan_result.pairs[["left_id", "right_id"]].head(120).itertuples(index=False)
    _folder(anlan_result.corpus.filings, [(left, right) for left, right in pairs], out)
    return out


def _on_the_table(tab: Page) -> tuple[str, str]:
    left, right = tab.locator("#heads .meta b").all_inner_texts()
    return left, right


def test_twenty_pairs_by_keys_alone(anlan_folder: Path, serve: Serve, open_page: Callable[[str], Page]) -> None:
    rng = random.Random(3)
    tab = open_page(serve(anlan_folder))
    said: dict[tuple[str, str], str] = {}
    answered = 0
    expect(tab.locator("#count")).to_contain_text("已判 0 对")
    while answered < 20:
        pair = _on_the_table(tab)
        assert pair not in said
        if answered == 7:
            tab.keyboard.press("/")
            tab.keyboard.type("不是1个村")
            tab.keyboard.press("Enter")
        key = "2" if answered == 7 else rng.choice("1223")
        tab.keyboard.press(key)
        expect(tab.locator("#last")).to_contain_text(f"上一对 {pair[0]} 与 {pair[1]}")
        if key == "3":
            continue
        answered += 1
        said[pair] = {"1": "same", "2": "different"}[key]
        expect(tab.locator("#count")).to_contain_text(f"已判 {answered} 对")
        if answered % 6 == 0:
            tab.keyboard.press("z")
            expect(tab.locator("#count")).to_contain_text(f"已判 {answered - 1} 对")
            assert _on_the_table(tab) == pair
            answered -= 1
            del said[pair]
            tab.keyboard.press("2")
            answered += 1
            said[pair] = "different"
            expect(tab.locator("#count")).to_contain_text(f"已判 {answered} 对")
    kept = read_decisions(anlan_folder / "D.csv")
    assert {(a, b): word for a, b, word in kept[["left_id", "right_id", "decision"]].itertuples(index=False)} == said
    assert set(kept["who"]) == {"王五"}
    assert kept["when"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()
    assert kept["why"].tolist().count("不是1个村") == 1


def test_the_score_is_not_there_before_it_is_wanted(
    anlan_folder: Path, serve: Serve, open_page: Callable[[str], Page]
) -> None:
    address = serve(anlan_folder)
    tab = open_page(address)
    expect(tab.locator(".line").first).to_be_visible()
    state = tab.request.get(address.partition("?")[0] + "state").json()
    assert set(state["pair"]) == {"left", "right", "apart", "facts", "lines"}
    assert "0.43" not in json.dumps(state)
    assert "43%" not in tab.inner_text("body")
    tab.keyboard.press("s")
    expect(tab.locator("#last")).to_contain_text("43%")


def test_a_filing_is_text_and_nothing_else(
    hostile_result: rd.Result, tmp_path: Path, serve: Serve, open_page: Callable[[str], Page]
) -> None:
    filings = hostile_result.corpus.filings
    ids = filings["filing_id"].tolist()
    _folder(filings, [(ids[k], ids[k + 1]) for k in range(0, len(ids), 2)], tmp_path / "out")
    tab = open_page(serve(tmp_path / "out"))
    seen = set()
    for _ in range(len(ids) // 2):
        expect(tab.locator(".line").first).to_be_visible()
        pair = _on_the_table(tab)
        for side, name in enumerate(pair):
            hostile = re.sub(r"[\x00-\x08\x0b-\x1f]", "", HOSTILE[ids.index(name)])
            shown = tab.locator(f".line > p:nth-child({side + 1})").all_text_contents()
            assert hostile in "".join(shown)
            assert hostile in (tab.locator(".head h2").nth(side).text_content() or "")
        seen |= set(pair)
        assert tab.evaluate("window.broken") is None
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        tab.keyboard.press("2")
        expect(tab.locator("#last")).to_contain_text(pair[0])
    assert seen == set(ids)
    expect(tab.locator("#done")).to_be_visible()
    tab.keyboard.press("z")
    expect(tab.locator(".line").first).to_be_visible()


def test_masked_hides_who_filed(tmp_path: Path, serve: Serve, open_page: Callable[[str], Page]) -> None:
    text = "我叫甄小满，电话13812345678。反映双河村刘德贵侵吞补贴3万元。\n柴守田"
    filings = pd.DataFrame(
        {
            "filing_id": ["A", "B"], "date": "2024-01-02", "petitioner": ["柴守田", ""], "accused": "刘德贵",
            "place": "双河村", "title": ["柴守田来信", "刘德贵"], "text": text,
        }
    )  # fmt: skip
    _folder(filings, [("A", "B")], tmp_path / "out")
    tab = open_page(serve(tmp_path / "out", "--masked"))
    expect(tab.locator(".masked")).to_be_visible()
    expect(tab.locator(".line").first).to_be_visible()
    shown = tab.inner_text("body") + tab.content()
    assert not [secret for secret in ("柴守田", "甄小满", "13812345678") if secret in shown]
    assert tab.locator(".about b").all_inner_texts() == ["刘德贵", "刘德贵"]


def test_a_history_is_asked_about_and_told_at_once(
    anlan: Path, tmp_path: Path, serve: Serve, open_page: Callable[[str], Page]
) -> None:
    db, key = f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "h.key"
    with closing(History.init(db, key)) as history:
        history.add(rd.read_filings(anlan / "filings.csv").head(120))
        tab = open_page(serve(tmp_path, "--db", db, "--key-file", str(key)))
        expect(tab.locator(".line").first).to_be_visible()
        left, right = _on_the_table(tab)
        tab.keyboard.press("1")
        expect(tab.locator("#count")).to_contain_text("已判 1 对")
        assert history.decisions()[["left_id", "right_id", "decision", "who"]].to_numpy().tolist() == [
            [left, right, "same", "王五"]
        ]
        matter = history.export().filings.set_index("filing_id")["matter_id"]
        assert matter[left] == matter[right]
        tab.keyboard.press("z")
        expect(tab.locator("#count")).to_contain_text("已判 0 对")
        assert not len(history.decisions())


@pytest.fixture(scope="module")
def doors(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> tuple[Path, str, str]:
    """Folder, address with its token unused, and the origin of a server."""
    out = tmp_path_factory.mktemp("doors") / "out"
    ids = anlan_result.filings["filing_id"].tolist()
    _folder(anlan_result.corpus.filings, [(ids[0], ids[1]), (ids[2], ids[3])], out)
    address = serve(out)
    return out, address, address.partition("/?")[0]


def test_nobody_else_gets_in(doors: tuple[Path, str, str]) -> None:
    out, address, origin = doors
    with httpx.Client(base_url=origin) as stranger:
        assert stranger.get("/").status_code == 403
        assert stranger.get("/?token=" + "A" * 43).status_code == 403
        assert stranger.get("/state").status_code == 403
        assert stranger.get("/review.js").status_code == 403
        assert stranger.get(address, headers={"Host": f"evil.example:{httpx.URL(origin).port}"}).status_code == 403
        assert stranger.get(address, headers={"Origin": "http://evil.example"}).status_code == 403
    with httpx.Client(base_url=origin, follow_redirects=True) as ours:
        page = ours.get(address)
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        (cookie,) = page.history[0].headers.get_list("set-cookie")
        assert "httponly" in cookie.lower()
        assert "samesite=strict" in cookie.lower()
        found = re.search(r'name="review" content="([^"]+)"', page.text)
        assert found
        pair = ours.get("/state").json()["pair"]
        said = {"left": pair["left"]["id"], "right": pair["right"]["id"], "word": "same", "why": ""}
        good = {"Origin": origin, "X-Review": found.group(1)}
        for bad in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": origin.replace("127.0.0.1", "localhost")},
            {"Host": "localhost"},
            {"X-Review": "A" * 43},
            {"X-Review": ""},
        ):
            assert ours.post("/answer", json=said, headers={**good, **bad}).status_code == 403
        assert ours.post("/answer", json=said, headers={"X-Review": good["X-Review"]}).status_code == 403
        assert ours.post("/answer", content=b"x" * 20_000, headers=good).status_code == 403
        assert ours.get("/answer").status_code == 405
        assert not (out / "D.csv").exists()
        # what is not the pair on the table, or no answer, is not taken
        others: list[object] = [{**said, "left": "X"}, {**said, "word": "maybe"}, {}, []]
        for wrong in others:
            assert ours.post("/answer", json=wrong, headers=good).status_code == 409
        assert not (out / "D.csv").exists()
        assert ours.post("/answer", json=said, headers=good).status_code == 200
        assert ours.post("/answer", json=said, headers=good).status_code == 409
        assert len(read_decisions(out / "D.csv")) == 1
    assert httpx.get(address).status_code == 403  # a token opens one browser


def test_a_taken_port_and_a_foreign_export_are_refused(
    doors: tuple[Path, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _, origin = doors
    run = ["--result", str(out), "--decisions", str(tmp_path / "D.csv"), "--no-browser"]
    port = str(httpx.URL(origin).port)
    assert cli.main(["review", str(out / "export.csv"), *run, "--port", port]) == 2
    assert capsys.readouterr().err.startswith("[E242] ")
    pd.DataFrame({"filing_id": ["Z"], "text": ["另一份导出"]}).to_csv(tmp_path / "other.csv", index=False)
    assert cli.main(["review", str(tmp_path / "other.csv"), *run]) == 2
    assert capsys.readouterr().err.startswith("[E130] ")


def test_a_result_beside_a_history_is_refused_not_ignored(
    doors: tuple[Path, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = doors[0]
    store = ["--db", f"sqlite:///{tmp_path / 'h.db'}", "--key-file", str(tmp_path / "key")]
    assert cli.main(["init", *store]) == 0
    assert cli.main(["review", str(out / "export.csv"), "--result", str(out), *store, "--no-browser"]) == 2
    assert capsys.readouterr().err.startswith("[E244] ")


def test_what_is_not_installed_is_named(
    doors: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = doors[0]
    for name in [name for name in sys.modules if name.startswith(("repeatdetect.review.serve", "uvicorn"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    run = ["review", str(out / "export.csv"), "--result", str(out), "--decisions", str(out / "D.csv"), "--no-browser"]
    assert cli.main(run) == 2
    assert "repeatdetect[review]" in capsys.readouterr().err


class _Memory:
    """A keeper in memory, as the protocol wants it."""

    name = "memory"

    def __init__(self) -> None:
        self.said: list[Decision] = []

    def decisions(self) -> pd.DataFrame:
        return pd.DataFrame(self.said, columns=["left_id", "right_id", "decision", "who", "when", "why"])

    def decide(self, decisions: object) -> None:
        self.said += decisions  # type: ignore[arg-type]


@st.composite
def _sittings(draw: st.DrawFn) -> tuple[dict[str, str], pd.DataFrame]:
    n = draw(st.integers(2, 9))
    matters = {f"F{k}": f"M{draw(st.integers(0, n))}" for k in range(n)}
    drawn = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.floats(0.2, 0.8)), max_size=15))
    pairs = [(f"F{min(a, b)}", f"F{max(a, b)}", chance) for a, b, chance in drawn if a != b]
    return matters, pd.DataFrame(pairs, columns=["left_id", "right_id", "probability"])


@given(_sittings(), st.data())
def test_a_sitting_ends_and_contradicts_nothing(
    sitting: tuple[dict[str, str], pd.DataFrame], data: st.DataObject
) -> None:
    matters, pairs = sitting
    keeper = _Memory()
    session = Session(Questions(pairs, matters), keeper, "王五")
    asked = 0
    while pair := session.standing().pair:
        before = session.standing()
        word = data.draw(st.sampled_from(["same", "different"]))
        after = session.answer(pair.left, pair.right, word)
        assert after.last
        assert before.left == after.left + 1 + after.last.settled
        if data.draw(st.booleans()):
            assert session.undo().pair == pair
            assert session.standing().left == before.left
            session.answer(pair.left, pair.right, word)
        asked += 1
        assert asked <= len(pairs)
    together = [Decision(a, b, "same") for a in matters for b in matters if a < b and matters[a] == matters[b]]
    said = {(d.left_id, d.right_id): d for d in keeper.said}  # the last word on each pair
    table = pd.DataFrame([*said.values(), *together], columns=["left_id", "right_id", "decision", "who", "when", "why"])
    assert contradictions(table) == []
    assert Session(Questions(pairs, matters), keeper, "").standing().pair is None  # a second sitting asks nothing again


def test_put_off_comes_last_and_is_written_nowhere() -> None:
    matters = {name: name for name in "ABCD"}
    pairs = pd.DataFrame([("A", "B", 0.5), ("C", "D", 0.6)], columns=["left_id", "right_id", "probability"])
    keeper = _Memory()
    session = Session(Questions(pairs, matters), keeper, "")
    assert session.answer("A", "B", "later").pair == ("C", "D", 0.6)
    assert session.answer("C", "D", "different").pair == ("A", "B", 0.5)
    assert session.standing().postponed == 1
    assert [decision.decision for decision in keeper.said] == ["different"]


def test_large_matters_and_great_doubt_come_first() -> None:
    matters = {"A": "1", "B": "2", "C": "3", "D": "4", **{f"E{k}": "5" for k in range(9)}}
    rows = [("A", "B", 0.75), ("C", "D", 0.5), ("A", "E0", 0.75), ("A", "E1", 0.7)]
    open_ = Questions(pd.DataFrame(rows, columns=["left_id", "right_id", "probability"]), matters).open([])
    assert [(pair.left, pair.right) for pair in open_] == [("A", "E0"), ("C", "D"), ("A", "B")]


_texts = st.text(st.sampled_from("反映刘德贵占地三万元。；\n！ 甲乙丙"), max_size=60)


@given(_texts, _texts)
def test_lines_hold_both_texts_whole_and_in_order(left: str, right: str) -> None:
    lines = aligned(left, right)
    assert "".join(left[a:b] for (a, b), _, _ in lines) == left
    assert "".join(right[a:b] for _, (a, b), _ in lines) == right


@given(_texts)
def test_a_text_beside_itself_stands_line_by_line(same: str) -> None:
    assert all(left == right for left, right, _ in aligned(same, same))
    assert differing(same, same) == ([], [])


def test_sentences_that_say_the_same_stand_on_one_line() -> None:
    left = "领导好。刘德贵侵占集体资金五万元。他还打人。村民都很气愤。"
    right = "我是双河村的。刘德贵侵占集体资金八万元。村民都很气愤！请查。"
    like = [(left[a:b], right[c:d]) for (a, b), (c, d), alike in aligned(left, right) if alike]
    assert like == [("刘德贵侵占集体资金五万元。", "刘德贵侵占集体资金八万元。"), ("村民都很气愤。", "村民都很气愤！")]
    assert differing(*like[0]) == ([(9, 10)], [(9, 10)])
