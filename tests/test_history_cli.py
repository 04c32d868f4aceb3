"""The verbs on a store as an office runs them: what they say, what they write, how they end."""

from __future__ import annotations

import errno
import json
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import cli
from repeatdetect.history import drift, schema, store
from repeatdetect.history.connect import committing, engine_of, only_writer
from repeatdetect.report.words import STATUS
from tests.stores import Server

CONTRACT = {
    "filings.csv", "matters.csv", "pairs.csv", "links.csv", "rejects.csv", "run.json", "report.html", "判重台账.xlsx",
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path, anlan: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two nights' exports and a new store."""
    table = pd.read_csv(anlan / "filings.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    table = table.sort_values(["登记日期", "信访编号"])
    table.iloc[:40].to_csv(tmp_path / "monday.csv", index=False)
    table.iloc[30:55].to_csv(tmp_path / "tuesday.csv", index=False)
    monkeypatch.setenv("REPEATDETECT_DB", f"sqlite:///{tmp_path / 'history.db'}")
    monkeypatch.setenv("REPEATDETECT_KEY_FILE", str(tmp_path / "office.key"))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init"]) == 0
    return tmp_path


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)


def test_two_nights(office: Path, anlan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = ["--cases", str(anlan / "cases.csv"), "--officials", str(anlan / "officials.csv")]
    assert cli.main(["nightly", "monday.csv", "-o", "out", "--outgoing", "lists", *tables]) == 0
    assert any(path.name.startswith("包案领导-") for path in (office / "lists").iterdir())
    assert cli.main(["nightly", "tuesday.csv", "-o", "try", "--dry-run", "-q", *tables]) == 0
    capsys.readouterr()
    assert cli.main(["nightly", "tuesday.csv", "-o", "out", "--json", *tables]) == 0
    run = json.loads(capsys.readouterr().out)
    assert (run["store"]["new"], run["store"]["known"]) == (15, 10)
    assert {path.name for path in (office / "out").iterdir()} == CONTRACT | {"摘要.md"}
    for name in ("filings.csv", "matters.csv", "pairs.csv"):
        assert (office / "out" / name).read_bytes() == (office / "try" / name).read_bytes()
    told = read(office / "out" / "filings.csv")
    assert told["filing_id"].tolist() == read(office / "tuesday.csv")["信访编号"].tolist()
    assert set(told["matter_id"]) <= set(read(office / "out" / "matters.csv")["matter_id"])
    page = (office / "out" / "摘要.md").read_text(encoding="utf-8")
    again = told[told["status"].isin(("repeat", "joint"))]
    assert f"| {again['filing_id'].iloc[-1]} | {STATUS[again['status'].iloc[-1]]} | " in page

    assert cli.main(["nightly", "tuesday.csv", "-o", "out"]) == 0
    assert "没有改动历史库" in capsys.readouterr().out
    assert cli.main(["runs", "--json"]) == 0
    assert [row["new"] for row in json.loads(capsys.readouterr().out)] == [15, 40]

    assert cli.main(["export", "-o", "all", "--outgoing", "lists", "-q", *tables]) == 0
    assert {path.name for path in (office / "all").iterdir()} == {*CONTRACT, "积案台账.xlsx"}
    assert any(path.name.startswith("乡镇-") for path in (office / "lists").iterdir())
    whole = read(office / "all" / "filings.csv")
    assert len(whole) == 55
    both = told.merge(whole, on="filing_id")
    assert (both["matter_id_x"] == both["matter_id_y"]).all()
    assert (both["status_x"] == both["status_y"]).all()

    assert cli.main(["undo", "2"]) == 0
    assert cli.main(["undo", "2"]) == 2
    assert cli.main(["export", "-o", "all", "-q"]) == 0
    assert len(read(office / "all" / "filings.csv")) == 40


def test_a_folder_that_cannot_be_written_leaves_the_store_as_it_was(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert cli.main(["nightly", "monday.csv", "-o", "out", "-q"]) == 0
    before = (office / "out" / "摘要.md").read_text(encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("repeatdetect.report.page.write", full)
        assert cli.main(["nightly", "tuesday.csv", "-o", "out", "-q"]) == 2
    assert "[E404]" in capsys.readouterr().err
    assert (office / "out" / "摘要.md").read_text(encoding="utf-8") == before
    assert len(rd.History.open(f"sqlite:///{office / 'history.db'}", "office.key").runs()) == 1
    assert cli.main(["nightly", "tuesday.csv", "-o", "out", "-q"]) == 0
    assert "第 2 次运行" in (office / "out" / "摘要.md").read_text(encoding="utf-8")


def test_a_night_whose_folder_was_lost_is_told_again(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def locked(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    cli.main(["nightly", "monday.csv", "-o", "out", "-q"])
    with monkeypatch.context() as patched:
        patched.setattr("repeatdetect.report.folders._exchange", locked)
        assert cli.main(["nightly", "tuesday.csv", "-o", "out", "-q"]) == 2
    assert "旧结果未改动" in capsys.readouterr().err
    assert cli.main(["nightly", "tuesday.csv", "-o", "out", "-q"]) == 0
    again = (office / "out" / "摘要.md").read_text(encoding="utf-8")
    assert "以下是最近一次入库（第 2 次运行）的来件" in again
    cli.main(["undo", "2"])
    cli.main(["nightly", "tuesday.csv", "-o", "out", "-q"])
    told = (office / "out" / "摘要.md").read_text(encoding="utf-8")
    assert "## 再次反映的来件" in told
    assert again[again.index("##") :] == told[told.index("##") :]


def test_a_quarantined_filing_is_never_said_to_be_known(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("apart.csv").write_text("编号,日期,干部管理权限,内容\nZ9,2024-1-1,省管,反映某甲经商\n", encoding="utf-8")
    assert cli.main(["nightly", "apart.csv", "-o", "out"]) == 0
    assert capsys.readouterr().out.startswith("没有可以入库的来件，没有改动历史库；未纳入 1 件。")
    assert "未纳入 1 件" in (office / "out" / "摘要.md").read_text(encoding="utf-8")
    assert cli.main(["check", "apart.csv"]) == 0
    assert "未纳入：第 2 行 Z9，隔离：干部管理权限高于本级" in capsys.readouterr().out
    assert cli.main(["check", "apart.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rejects"][0]["filing_id"] == "Z9"


def test_a_masked_night_hides_who_filed_on_other_nights(office: Path) -> None:
    header = "编号,日期,信访人,手机号,被反映人,属地,内容"
    Path("first.csv").write_text(
        f"{header}\nA1,2024-1-1,柴守田,13900001111,刘德贵,石桥镇柳湾村,反映柳湾村刘德贵侵占租金46万元\n",
        encoding="utf-8",
    )
    Path("next.csv").write_text(
        f"{header}\nB1,2024-5-1,,,冯有田,河口镇兴隆村,河口镇兴隆村冯有田克扣低保，听柴守田讲过，可问13900001111\n",
        encoding="utf-8",
    )
    assert cli.main(["nightly", "first.csv", "-o", "out", "-q"]) == 0
    for name in ("out", "again"):
        assert cli.main(["nightly", "next.csv", "-o", name, "-q", "--masked"]) == 0
        page = (office / name / "report.html").read_text(encoding="utf-8")
        assert "冯有田克扣低保" in page
        assert not any(secret in page for secret in ("柴守田", "13900001111"))


def test_check_answers_and_leaves_no_trace_but_the_audit(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["nightly", "monday.csv", "-o", "out", "-q"])
    assert cli.main(["check", "tuesday.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["filings"]) == 25
    assert {row["matter_id"] for row in told["filings"]} <= {row["matter_id"] for row in told["matters"]}
    assert cli.main(["check", "tuesday.csv"]) == 0
    assert told["filings"][0]["filing_id"] in capsys.readouterr().out
    Path("odd.csv").write_text("编号,日期,内容\nX1,昨天,村里的路没有修\n", encoding="utf-8")
    assert cli.main(["check", "odd.csv"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("X1：单独件，事项 ")
    assert "提示：odd.csv：列“日期”有 1 个日期无法识别" in said.err
    assert cli.main(["runs", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_the_key(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["nightly", "monday.csv", "-o", "out", "-q"])
    key = office / "office.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert cli.main(["init"]) == 0, "an existing store is left as it is"
    shutil.copy(key, office / "copy.key")
    key.chmod(0o644)
    assert cli.main(["runs"]) == 3
    key.unlink()
    for verb in (["runs"], ["init"], ["nightly", "tuesday.csv", "-o", "out"], ["export", "-o", "all"]):
        assert cli.main(verb) == 3, verb
    assert not key.exists(), "no new key is made for an existing store"
    assert cli.main(["init", "--key-file", "other.key", "--db", f"sqlite:///{office / 'other.db'}"]) == 0
    assert cli.main(["runs", "--key-file", "other.key"]) == 3
    assert "[E306]" in capsys.readouterr().err
    assert cli.main(["runs", "--db", f"sqlite:///{office / 'absent.db'}", "--key-file", "copy.key"]) == 3
    assert not (office / "absent.db").exists()
    assert cli.main(["runs", "--key-file", "copy.key"]) == 0
    capsys.readouterr()
    for noise in (b"", b"abc", bytes(range(128, 192)), b"repeatdetect-key-1:\xff", "repeatdetect-key-1:密".encode()):
        Path("no.key").write_bytes(noise)
        Path("no.key").chmod(0o600)
        assert cli.main(["runs", "--key-file", "no.key"]) == 3
        assert capsys.readouterr().err.startswith("[E303] 不是密钥文件"), noise
    assert cli.main(["runs", "--db", f"sqlite:///{office / 'monday.csv'}", "--key-file", "copy.key"]) == 3
    assert capsys.readouterr().err.startswith("[E307] 这个文件不是历史库")
    for url in ("mysql://here/there", "postgresql+psycopg://u:secret pw@@[::/x"):
        capsys.readouterr()
        assert cli.main(["runs", "--db", url, "--key-file", "copy.key"]) == 3
        said = capsys.readouterr().err
        assert said.startswith("[E301] ")
        assert "secret" not in said


def test_a_database_or_user_that_is_not_there(
    postgres_server: Server, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgres_server.database()
    for wrong in (url.replace("@/", "@/no"), url.replace("office@", "nobody@")):
        capsys.readouterr()
        assert cli.main(["runs", "--db", wrong]) == 3
        assert capsys.readouterr().err.startswith("[E307] 服务器上没有这个数据库或用户")


def test_runs_are_dated_by_the_clock_on_the_wall(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with committing(engine_of(f"sqlite:///{office / 'history.db'}")) as connection:
        run = {"run": 1, "kind": "add", "state": "done", "who": "", "manifest": "{}", "at": "2026-01-05T22:30:00+00:00"}
        manifest = {"new": 1, "revised": 0, "known": 0, "repeats": 0, "reviews": 0, "largest": 1}
        connection.execute(schema.runs.insert(), [{**run, "manifest": json.dumps(manifest)}])
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert cli.main(["runs"]) == 0
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "第 1 次 2026-01-06 06:30:00 " in capsys.readouterr().out


def test_a_busy_store_says_who_holds_it(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "WAIT", 0.2)
    with only_writer(engine_of(f"sqlite:///{office / 'history.db'}"), 0):
        assert cli.main(["nightly", "monday.csv", "-o", "out"]) == 3
        assert "进程" in capsys.readouterr().err
        assert cli.main(["check", "monday.csv"]) == 0, "reading needs no lock"
    assert cli.main(["nightly", "monday.csv", "-o", "out"]) == 0


def test_a_night_unlike_the_others_warns(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = read(office / "monday.csv")
    for number in range(5):
        table.iloc[number * 4 : number * 4 + 4].to_csv("night.csv", index=False)
        assert cli.main(["nightly", "night.csv", "-o", "out", "-q"]) == 0
    copies = pd.concat([table.iloc[:1]] * 40)
    copies["信访编号"] = [f"抄送{number}" for number in range(40)]
    copies.to_csv("night.csv", index=False)
    capsys.readouterr()
    assert cli.main(["nightly", "night.csv", "-o", "out", "-q"]) == 4
    assert "警告：最大事项增至" in capsys.readouterr().err
    assert "警告" in (office / "out" / "摘要.md").read_text(encoding="utf-8")
    assert len(rd.History.open(f"sqlite:///{office / 'history.db'}", "office.key").runs()) == 6, (
        "it is stored all the same"
    )


@pytest.mark.parametrize(
    ("own", "warned"),
    [
        ({}, False),
        ({"repeats": 0.52}, False),
        ({"repeats": 0.95}, True),
        ({"repeats": 0.01}, True),
        ({"reviews": 0.4}, True),
        ({"repeats": 0.95, "new": 3}, False),
        ({"repeats": 0.95, "new": 0}, False),
        ({"largest": 80}, True),
    ],
)
def test_what_counts_as_unlike(own: dict[str, object], warned: bool) -> None:
    usual = {"new": 200, "revised": 0, "known": 0, "repeats": 0.4, "reviews": 0.05, "largest": 40}
    before = [{**usual, "repeats": 0.38 + 0.01 * (k % 5)} for k in range(30)]
    assert bool(drift.warnings(before, {**usual, **own})) == warned
    assert drift.warnings([], {**usual, **own}) == [], "a first night has nothing to be unlike"


def test_a_new_key_for_the_whole_store(office: Path) -> None:
    cli.main(["nightly", "monday.csv", "-o", "out", "-q"])
    url, key = f"sqlite:///{office / 'history.db'}", office / "office.key"
    before = rd.History.open(url, key).export().filings
    shutil.copy(key, office / "before.key")
    assert cli.main(["rekey"]) == 0
    assert key.read_bytes() != (office / "before.key").read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert cli.main(["runs", "--key-file", "before.key"]) == 3
    pd.testing.assert_frame_equal(rd.History.open(url, key).export().filings, before)
    assert cli.main(["nightly", "monday.csv", "-o", "out", "-q"]) == 0
    assert len(rd.History.open(url, key).runs()) == 1, "known filings are known under the new key, too"

    # cut short between the store and the key file: the next opening puts the new key in place
    old = office / "old.key"
    shutil.copy(key, old)
    cli.main(["rekey"])
    key.rename(office / "office.key.next")
    shutil.copy(old, key)
    pd.testing.assert_frame_equal(rd.History.open(url, key).export().filings, before)
    assert not (office / "office.key.next").exists()
