"""What the documentation shows works: python and console blocks are run, generated pages are current, links lead somewhere.

Blocks marked ``python`` and ``console`` are executed page by page, in order, in a scratch folder that holds a copy of
``examples/``; a console block's ``$`` lines are the commands, the lines below must occur in what they print (``…``
stands for anything). Blocks marked ``sh`` or ``text`` are not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from repeatdetect import cases, compare, detector
from repeatdetect.settings import Settings
from tests.conftest import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "examples" / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
_BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    tools = tmp_path / ".bin"
    tools.mkdir()
    command = tools / "repeatdetect"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m repeatdetect.cli "$@"\n')
    command.chmod(0o755)
    return tmp_path


def _run(command: list[str] | str, folder: Path) -> str:
    path = f"{folder / '.bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, shell=isinstance(command, str), capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def _console(block: str, folder: Path) -> None:
    """Run the commands of a block and compare what follows each with what it says."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.replace("\\\n", " ").splitlines()
        said = _run(lines[0], folder)
        for expected in lines[1:]:
            pieces = [re.escape(piece.strip()) for piece in expected.split("…") if piece.strip()]
            assert not pieces or re.search(".*".join(pieces), said), f"{lines[0]}\n{expected!r} is not in\n{said}"


@pytest.mark.parametrize("page", [p for p in PAGES if p.exists() and _BLOCK.search(p.read_text("utf-8"))], ids=_name)
def test_blocks_of_the_page_run(page: Path, scratch: Path) -> None:
    program: list[str] = []
    for kind, block in _BLOCK.findall(page.read_text("utf-8")):
        if kind == "python":
            program.append(textwrap.dedent(block))
            _run([sys.executable, "-c", "\n".join(program)], scratch)
        else:
            _console(block, scratch)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", [p for p in PAGES if "```toml" in p.read_text("utf-8")], ids=_name)
def test_settings_shown_are_settings(page: Path, tmp_path: Path) -> None:
    for block in re.findall(r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        (tmp_path / "s.toml").write_text(block, encoding="utf-8")
        Settings.from_toml(tmp_path / "s.toml")


def test_command_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_cli.py"), "--check"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_column_of_the_contract_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "contract.md").read_text("utf-8")))
    pair_columns = set(detector.PAIR_COLUMNS) - set(compare.EVIDENCE)  # evidence changes with the model
    assert {*detector.FILING_COLUMNS, *detector.MATTER_COLUMNS, *pair_columns, *cases.LINK_COLUMNS} <= documented


def test_every_code_of_an_error_is_explained_and_no_other() -> None:
    raised = {
        int(code)
        for path in (ROOT / "src").rglob("*.py")
        for code in re.findall(r'"E(\d{3})"', path.read_text("utf-8"))
    }
    explained = set[int]()
    for page in ("用户指南.md", "历史库.md"):
        for row in re.findall(r"^\| (E\d{3}.*?) \|", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE):
            for first, last in re.findall(r"E(\d{3})(?:–E(\d{3}))?", row):
                named = set(range(int(first), int(last or first) + 1))
                assert {int(first), int(last or first)} <= raised, row
                explained |= named
    assert raised <= explained


def test_every_module_has_its_place_in_the_picture() -> None:
    picture = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")
    modules = {
        path.name for path in (ROOT / "src" / "repeatdetect").glob("*.py") if not path.name.startswith(("_", "cli_"))
    }
    assert [name for name in sorted(modules) if f"[{name}](../src/repeatdetect/{name})" not in picture] == []
