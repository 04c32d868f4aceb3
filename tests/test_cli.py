"""The command line: what it writes, what it says, how it ends."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

import repeatdetect as rd
from repeatdetect import cli, cli_history
from repeatdetect.report.folders import replacing
from tests.conftest import ROOT


def _ids(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [row[column] for row in csv.DictReader(stream)]


def test_dedupe_writes_one_row_a_filing_in_input_order(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code = cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "--json"])
    assert code == 0
    assert _ids(out / "filings.csv", "filing_id") == _ids(anlan / "filings.csv", "信访编号")
    assert json.loads(capsys.readouterr().out)["counts"]["filings"] == 210


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["dedupe"], "E231"),
        (["dedupe", "x.csv", "-o"], "E232"),
        (["dedupe", "x.csv", "-o", "out", "--caes", "y"], "E230"),
        (["dedup"], "E233"),
        (["dedupe", "missing.csv", "-o", "out"], "E101"),
        (["dedupe", ".", "-o", "out"], "E101"),
        (["dedupe", "missing.csv", "-o", "out", "--map", "text"], "E221"),
    ],
)
def test_unusable_arguments_end_in_one_chinese_paragraph(
    arguments: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"[{code}] ")
    assert said.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_to_be_there_is_the_same_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        "A,2024-1-1,省管,某甲,反映某甲违规经商", "B,2024-1-2,,路二,村支书路二侵占林地补偿款三万元",
        "B,2024-1-2,,路二,村支书路二侵占林地补偿款三万元", "C,2024-1-3,,贺三德,村里的贺三德打麻将,多,出,来",
    ]  # fmt: skip
    export = tmp_path / "a.csv"
    export.write_text("\n".join(["编号,日期,干部管理权限,被反映人,内容,备注", *rows]), encoding="utf-8")
    assert cli.main(["dedupe", str(export), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "共 1 件，归并为 1 个事项" in said
    assert "待判件 0；“待判”表中有 0 对" in said
    assert "另有 3 行未纳入" in said
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (run["counts"]["rows"], run["counts"]["filings"], run["counts"]["rejects"]) == (4, 1, 3)
    assert "1 件来件，实为 1 件事" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_failed_run_leaves_the_old_result(anlan: Path, tmp_path: Path) -> None:
    out, broken = tmp_path / "out", tmp_path / "broken.xlsx"
    assert cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "--quiet"]) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    assert cli.main(["dedupe", str(broken), "-o", str(out)]) == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
@pytest.mark.parametrize(
    ("umask", "before", "mode"), [(0o077, None, 0o700), (0o022, None, 0o700), (0o022, 0o750, 0o750)]
)
def test_a_folder_lets_in_whom_the_office_lets_in(
    umask: int, before: int | None, mode: int, anlan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    if before is not None:
        out.mkdir()
        out.chmod(before)
    kept = os.umask(umask)
    try:
        assert cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "-q"]) == 0
    finally:
        os.umask(kept)
    assert out.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are POSIX")
def test_what_is_no_folder_is_not_replaced_by_one(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pipe"
    os.mkfifo(out)
    assert cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "-q"]) == 2
    assert capsys.readouterr().err.startswith("[E401] ")
    assert out.is_fifo()


_TEXT = "信访编号,登记日期,举报人,反映内容\n0012,2021-3-5,路二,村支书贺三德占了两亩地\n"


@pytest.mark.parametrize(
    ("name", "data", "options", "code"),
    [
        ("a.csv", b"", [], "E102"),
        ("a.csv", _TEXT.split("\n")[0].encode(), [], "E102"),
        ("a.csv", _TEXT.replace("反映内容", "所写文字").encode(), [], "E110"),
        ("a.csv", _TEXT.encode(), ["--map", "举报人=txt"], "E204"),
        ("a.csv", _TEXT.encode("gb18030"), ["--encoding", "utf-8"], "E104"),
        ("a.csv", _TEXT.encode(), ["--encoding", "utf-99"], "E104"),
        ("a.csv", _TEXT.encode(), ["--encoding", "rot13"], "E104"),
        ("a.xlsx", b"PK\x03\x04 broken", [], "E103"),
        ("a.csv", _TEXT.encode(), ["--settings", "none.toml"], "E201"),
        ("a.csv", _TEXT.encode(), ["--settings", "a.csv"], "E201"),
        ("a.csv", _TEXT.encode(), ["--cases", "none.xlsx"], "E101"),
        ("a.csv", _TEXT.encode(), ["--decisions", "a.csv"], "E110"),
        ("a.csv", _TEXT.encode(), ["-o", "a.csv"], "E401"),
        ("a.csv", _TEXT.encode(), ["-o", "."], "E402"),
        ("a.csv", _TEXT.encode(), ["-o", "/proc/out"], "E403"),
        ("a.csv", _TEXT.encode(), ["-o", "x" * 300], "E403"),
    ],
)
def test_unusable_input_ends_in_one_paragraph_and_nothing_written(
    name: str, data: bytes, options: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(data)
    assert cli.main(["dedupe", name, "-o", "out", "--quiet", *options]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"[{code}] ")
    assert "（位置：" in said.err
    assert not any(word in said.err for word in ("Traceback", "贺三德", "路二", "0012"))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
@pytest.mark.parametrize(
    ("option", "code", "ending"),
    [
        ("", "E101", 2),
        ("--decisions", "E101", 2),
        ("--settings", "E201", 2),
        ("--cases", "E101", 2),
        ("--key-file", "E303", 3),
    ],
)
def test_a_file_without_permission_is_said_to_be_one(option: str, code: str, ending: int, tmp_path: Path) -> None:
    secret, export = tmp_path / "locked", tmp_path / "a.csv"
    secret.write_bytes(_TEXT.encode())
    secret.chmod(0)
    export.write_bytes(_TEXT.encode())
    arguments = ["dedupe", str(export if option else secret), "-o", str(tmp_path / "out")]
    if option == "--key-file":
        rd.History.init(f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "h.key").close()
        arguments = ["runs", "--db", f"sqlite:///{tmp_path / 'h.db'}"]
    command = [sys.executable, "-m", "repeatdetect", *arguments, *([option, str(secret)] if option else [])]
    if os.geteuid() == 0:  # root reads everything unless it gives that up
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("machine part missing: setpriv")
        command = [setpriv, "--bounding-set=-dac_override,-dac_read_search", *command]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert done.returncode == ending, done.stderr
    assert done.stderr.startswith(f"[{code}] ")
    assert "权限" in done.stderr
    assert "locked" in done.stderr


def test_a_wrong_sheet_names_the_right_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = ROOT / "examples" / "安澜县信访件.xlsx"
    assert cli.main(["dedupe", str(book), "-o", str(tmp_path / "out"), "--sheet", "没有"]) == 2
    assert "[E106]" in (said := capsys.readouterr().err)
    assert "现有工作表：信访件" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_file_name_that_is_no_text(anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "安澜\udcff.csv"
    shutil.copy(anlan / "filings.csv", export)
    assert cli.main(["dedupe", str(export), "-o", str(tmp_path / "out"), "--quiet"]) == 0
    assert json.loads((tmp_path / "out" / "run.json").read_bytes())["inputs"][0]["name"] == "安澜\ufffd.csv"
    assert cli.main(["dedupe", f"{export}x", "-o", str(tmp_path / "out")]) == 2
    assert "安澜\ufffd.csvx" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("limit", [20_000, 120_000])  # in the tables; in the workbook
def test_a_full_disk_leaves_the_old_result(limit: int, anlan: Path, tmp_path: Path) -> None:
    import resource

    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text("{}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "repeatdetect.cli", "dedupe", str(anlan / "filings.csv"), "-o", str(out), "-q"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("[E404] ")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in out.iterdir()] == ["run.json"]


_STOPPED = """
import os, signal, sys, time
from repeatdetect import cli
from repeatdetect.report import page

by = getattr(signal, sys.argv.pop(1))

def write(content, path, **_):
    os.kill(os.getpid(), by)
    time.sleep(60)

page.write = write
cli.run()
"""


def _stopped(by: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, stopped by a signal while it writes."""
    return subprocess.run(
        [sys.executable, "-c", _STOPPED, by, *arguments], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(("by", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_run_that_is_stopped_says_so_and_leaves_nothing(by: str, code: int, anlan: Path, tmp_path: Path) -> None:
    done = _stopped(by, "dedupe", str(anlan / "filings.csv"), "-o", str(tmp_path / "out"), "-q")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("[E299] ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_what_a_killed_run_left_is_removed_by_the_next(anlan: Path, tmp_path: Path) -> None:
    arguments = ["dedupe", str(anlan / "filings.csv"), "-o", str(tmp_path / "out"), "-q"]
    assert _stopped("SIGKILL", *arguments).returncode == -9
    assert [path.name.startswith(".out-") for path in tmp_path.iterdir()] == [True]
    living = tmp_path / ".out-livingon"
    living.mkdir()
    with FileLock(living / "lock"):  # of a run that is still at work
        assert cli.main(arguments) == 0
        assert {path.name for path in tmp_path.iterdir()} == {"out", living.name}
    # killed between the two renames: the old result is not lost though the next run fails to write
    (living / "old").mkdir()
    (living / "old" / "run.json").write_text("{}", encoding="utf-8")
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(rd.RepeatDetectError, match="E404"), replacing(tmp_path / "out", lambda _: _full()):
        pass
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def _full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_screen_that_takes_nothing_is_not_taken_for_a_failed_run(anlan: Path, tmp_path: Path) -> None:
    arguments = [
        sys.executable,
        "-m",
        "repeatdetect",
        "dedupe",
        str(anlan / "filings.csv"),
        "-o",
        str(tmp_path / "out"),
    ]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            arguments, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
    assert done.returncode == 2
    assert "[E406] " in done.stderr
    assert "没有改动" not in done.stderr
    assert (tmp_path / "out" / "filings.csv").exists()


@pytest.mark.parametrize("verb", ["--help", "check", "explain"])
def test_a_closed_pipe_is_nobodys_fault(anlan: Path, anlan_result: rd.Result, tmp_path: Path, verb: str) -> None:
    """`repeatdetect … | head`: whoever read has gone, and nothing is said of it."""
    export = str(anlan / "filings.csv")
    out = str(anlan_result.write(tmp_path / "out"))
    arguments = {
        "--help": [],
        "check": [export, "--db", f"sqlite:///{tmp_path / 'h.db'}", "--key-file", str(tmp_path / "key")],
        "explain": [*anlan_result.pairs.iloc[0][["left_id", "right_id"]], export, "--result", out],
    }  # fmt: skip
    rd.History.init(f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "key").close()
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "repeatdetect", verb, *arguments[verb]], stdout=writer, stderr=subprocess.PIPE,
        text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_pipe_broken_between_our_own_processes_is_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(cli_history, "open_store", broken)
    assert cli.main(["runs", "--db", "sqlite:///h.db"]) == 1
    assert "[E900] 程序内部出错 BrokenPipeError" in capsys.readouterr().err


def test_our_own_faults_say_where_and_nothing_of_a_filing(
    anlan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("贺三德")

    monkeypatch.setattr("repeatdetect.detector.proposals", broken)
    assert cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(tmp_path / "out"), "-q"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("[E900] ")
    assert "detector.py" in said
    assert "贺三德" not in said
    assert list(tmp_path.iterdir()) == []


def test_map_must_be_right_and_settings_may_speak_of_other_exports(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["dedupe", str(anlan / "filings.csv"), "-o", str(tmp_path / "out"), "-q"]
    assert cli.main([*run, "--map", "反映内客=text"]) == 2
    assert "[E205]" in (said := capsys.readouterr().err)
    assert "反映内容" in said
    (tmp_path / "s.toml").write_text('[columns]\n"反映内客" = "text"\n', encoding="utf-8")
    assert cli.main([*run, "--settings", str(tmp_path / "s.toml")]) == 0


def test_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        'own_level = "市"\nown_leaders = ["某甲"]\njobs = 1\nsame = 0.7\n[columns]\n"诉求文字" = "text"\n',
        encoding="utf-8-sig",
    )
    read = rd.Settings.from_toml(path)
    assert (read.own_level, read.own_leaders, read.same) == ("市", ("某甲",), 0.7)
    assert read.columns == {"诉求文字": "text"}
    for line, code in (
        ('own_level = "乡"', "E202"), ("same = 2", "E202"), ('own_leaders = "某甲"', "E202"), ('jobs = "2"', "E202"),
        ("own_leader = []", "E203"), ("[columns]\na = 1", "E202"), ("jobs = true", "E202"), ("x", "E201"),
    ):  # fmt: skip
        path.write_text(line, encoding="utf-8")
        with pytest.raises(rd.RepeatDetectError) as caught:
            rd.Settings.from_toml(path)
        assert caught.value.code == code, line
        assert "s.toml" in caught.value.place, line


def test_a_screen_that_lacks_characters(anlan: Path, anlan_result: rd.Result, tmp_path: Path) -> None:
    out = anlan_result.write(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "repeatdetect", "evaluate", str(out), str(anlan / "gold_filings.csv")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "gbk"}, capture_output=True, check=True,
    )  # fmt: skip
    assert "B?：准确率" in done.stdout.decode("gbk")


def test_numbers_of_numpy_are_settings_too(tmp_path: Path) -> None:
    filings = pd.DataFrame({"filing_id": ["A"], "text": ["村里的路没有修"]})
    settings = rd.Settings(same=np.float32(0.75), jobs=np.int64(1))  # type: ignore[arg-type]
    out = rd.detect(filings, settings=settings).write(tmp_path / "out")
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))["settings"]
    assert (told["same"], told["jobs"]) == (0.75, 1)


def test_every_reading_of_an_export_leaves_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPEATDETECT_AUDIT", str(tmp_path / "log" / "audit.tsv"))
    Path("f.csv").write_text(
        "编号,登记日期,反映内容\n"
        + "".join(f"{name},2024-01-05,清溪镇上河村骆占山侵占林地补偿款十二万元。\n" for name in "AB"),
        encoding="utf-8",
    )
    assert cli.main(["dedupe", "f.csv", "-o", "out", "-q"]) == 0
    assert cli.main(["explain", "A", "B", "f.csv", "--result", "out"]) == 0
    assert cli.main(["apply", "out/判重台账.xlsx", "--decisions", "own.csv"]) == 0
    lines = [line.split("\t") for line in (tmp_path / "log" / "audit.tsv").read_text(encoding="utf-8").splitlines()]
    assert [line[2:] for line in lines] == [["dedupe", "2"], ["explain", "2"], ["apply", "2"]]
    assert all(who and when for when, who, *_ in lines)
    capsys.readouterr()
    monkeypatch.setenv("REPEATDETECT_AUDIT", str(tmp_path / "f.csv" / "audit.tsv"))
    assert cli.main(["dedupe", "f.csv", "-o", "out", "-q"]) == 0
    assert "审计记录写不进去" in capsys.readouterr().err
