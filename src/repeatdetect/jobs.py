"""Work done in several processes or threads at once; what comes out does not depend on how many."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

P = TypeVar("P")
T = TypeVar("T")
_ARENA_MAX = -8  # of glibc's mallopt
PARALLEL_FROM = 4000  # filings; below this a second process costs more than it saves


def each(work: Callable[..., T], parts: Iterable[tuple[Any, ...]], jobs: int) -> list[T]:
    """``work(*part)`` of every part, in the order of the parts.

    Parameters
    ----------
    work : callable
        A function of a module; depends on its arguments alone.
    parts : iterable of tuple
    jobs : int
        Processes.
    """
    parts = list(parts)
    if jobs < 2 or len(parts) < 2:
        return [work(*part) for part in parts]
    from joblib import Parallel, delayed  # its workers do not run the caller's script anew, as spawned ones would

    done: list[T] = Parallel(n_jobs=jobs, backend="loky")(delayed(work)(*part) for part in parts)
    return done


@contextlib.contextmanager
def meanwhile(work: Callable[..., None], parts: Iterable[tuple[Any, ...]], jobs: int) -> Iterator[None]:
    """``work(*part)`` of every part in other processes while the block runs; all is done when it ends.

    Parameters
    ----------
    work : callable
        A function of a module.
    parts : iterable of tuple
    jobs : int
        Processes; below two everything is done before the block.
    """
    if jobs < 2:
        each(work, parts, jobs)
        yield
        return
    from joblib import Parallel, delayed

    running = Parallel(n_jobs=jobs, backend="loky", return_as="generator")(delayed(work)(*part) for part in parts)
    try:
        yield
    finally:
        list(running)


def each_threaded(work: Callable[[P], T], parts: Iterable[P], threads: int) -> list[T]:
    """``work(part)`` of every part, in the order of the parts; pays where the work is that of arrays."""
    parts = list(parts)
    if threads < 2 or len(parts) < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, parts))


def share_heap() -> None:
    """Let all threads of this process allocate from one heap.

    glibc gives each its own, and what one has freed no other can use: a fifth of the peak. Elsewhere nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
