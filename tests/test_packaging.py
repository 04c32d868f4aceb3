"""What is shipped: the wheel holds its model and templates and runs in an empty environment; imports stay light."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "repeatdetect"
_HEAVY = ("numpy", "pandas", "scipy", "sklearn", "jieba", "rjieba", "sqlalchemy", "cryptography", "rich", "xlsxwriter")


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("module", ["repeatdetect", "repeatdetect.cli"])
def test_importing_imports_nothing_heavy(module: str, tmp_path: Path) -> None:
    loaded = _run(
        sys.executable, "-c",
        f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); import {module}; print(*sys.modules)", cwd=tmp_path,
    ).split()  # fmt: skip
    assert [name for name in _HEAVY if name in loaded] == []


@pytest.mark.slow
def test_the_wheel_runs_in_an_empty_environment(anlan: Path, tmp_path: Path) -> None:
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("repeatdetect/")}
    ours = {
        f"repeatdetect/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == ours
    home = tmp_path / "empty"
    venv.create(home, with_pip=True)
    tools = home / ("Scripts" if sys.platform == "win32" else "bin")
    _run(tools / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints-dev.txt", wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    said = _run(
        tools / "repeatdetect", "dedupe", anlan / "filings.csv", "--cases", anlan / "cases.csv",
        "--officials", anlan / "officials.csv", "-o", "out", cwd=elsewhere,
    )  # fmt: skip
    assert "共 210 件" in said
    assert {"filings.csv", "matters.csv", "pairs.csv", "rejects.csv", "判重台账.xlsx", "report.html", "run.json"} <= {
        path.name for path in (elsewhere / "out").iterdir()
    }
    where = _run(tools / "python", "-c", "import repeatdetect; print(repeatdetect.__file__)", cwd=elsewhere)
    assert Path(where.strip()).is_relative_to(home)
