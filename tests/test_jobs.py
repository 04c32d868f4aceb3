"""Work done in several processes: what comes out is in order, what fails is told, nothing is left running."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from repeatdetect.jobs import each, meanwhile


def _slow(number: int) -> tuple[int, int]:
    time.sleep(0.05)
    return number, os.getpid()


def _fragile(number: int) -> int:
    if number == 3:
        raise ValueError("the third")
    time.sleep(0.02)
    return number


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_each_part_is_done_once_and_stands_in_its_place(jobs: int) -> None:
    assert [number for number, _ in each(_slow, zip(range(20)), jobs)] == list(range(20))


def test_the_asking_process_works_beside_the_others() -> None:
    each(_slow, zip(range(4)), 2)  # the other process has begun
    pids = {pid for _, pid in each(_slow, zip(range(40)), 2)}
    assert os.getpid() in pids
    assert len(pids) == 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_part_that_fails_fails_all(jobs: int) -> None:
    with pytest.raises(ValueError, match="the third"):
        each(_fragile, zip(range(50)), jobs)


def _out_of_range(number: int) -> int:
    return [number][number]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_work_raises_is_what_the_caller_sees(jobs: int) -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        each(_out_of_range, zip(range(50)), jobs)


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


def _from_a_pool(count: int) -> list[int]:
    return [number for number, _ in each(_slow, zip(range(count)), 2)]


def test_in_the_worker_of_a_pool_all_is_done_by_that_worker() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_from_a_pool, (4,)) == list(range(4))
