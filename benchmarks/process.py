"""What a whole process costs: wall, CPU and peak memory, its children included."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """Of one process and all it started.

    Attributes
    ----------
    wall, cpu : float
        Seconds; CPU in user and kernel, of the children that were waited for, too.
    peak_mib : float
        Most memory held at once over all processes, pages shared between them counted once where the system tells.
    failed : str
        Last line on stderr when it did not end well, or why it was ended.
    """

    wall: float
    cpu: float
    peak_mib: float
    failed: str = ""


def run(command: Sequence[str], log: Path, environment: Mapping[str, str], timeout: float) -> Cost:
    """Run a command to its end, its output into a log, and say what it cost."""
    with log.open("wb") as out:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=out, env=dict(environment), start_new_session=True)
        late = threading.Timer(timeout, os.killpg, (child.pid, 9))
        ended, peak = threading.Event(), [0.0]
        watch = threading.Thread(target=_watch, args=(child.pid, ended, peak), daemon=True)
        late.start()
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        late.cancel()
        ended.set()
        watch.join()
    failed = ""
    if child.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        failed = f"ended after {timeout:.0f} s" if wall >= timeout else last.strip() or f"exit code {child.returncode}"
    return Cost(round(wall, 2), round(usage.ru_utime + usage.ru_stime, 2), round(peak[0] / 2**20, 1), failed)


def _watch(pid: int, ended: threading.Event, peak: list[float]) -> None:
    while not ended.wait(_EVERY):
        with contextlib.suppress(psutil.Error):
            peak[0] = max(peak[0], _held(psutil.Process(pid)))


def _held(parent: psutil.Process) -> float:
    """Bytes that a process and its descendants hold: what they share counts once (Linux), else once for each."""
    family = [parent, *parent.children(recursive=True)]
    if len(family) == 1:
        return float(parent.memory_info().rss)
    total = 0.0
    for process in family:
        with contextlib.suppress(psutil.Error):
            whole = process.memory_full_info()
            total += getattr(whole, "pss", whole.rss)
    return total
