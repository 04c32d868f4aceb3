"""Work done beside other work: it is done when the block ends, and what fails is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from repeatdetect.jobs import meanwhile


@pytest.mark.parametrize("jobs", [1, 2])
def test_all_is_done_when_the_block_ends(tmp_path: Path, jobs: int) -> None:
    paths = [tmp_path / name for name in "abc"]
    with meanwhile(Path.touch, zip(paths), jobs):
        pass
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_beside_fails_the_block(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(FileNotFoundError), meanwhile(Path.touch, [(tmp_path / "none" / "a",), (tmp_path / "b",)], jobs):
        pass


def test_what_fails_in_the_block_waits_for_what_is_beside(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in the block"), meanwhile(Path.touch, [(tmp_path / "a",)], 2):
        raise ValueError("in the block")
    assert (tmp_path / "a").exists()
