"""Work done in several processes or threads at once; what comes out does not depend on how many."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

P = TypeVar("P")
T = TypeVar("T")
_ARENA_MAX = -8  # of glibc's mallopt
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # of a worker: the others have a core each
PARALLEL_FROM = 4000  # filings; below this a second process costs more than it saves


def each(work: Callable[..., T], parts: Iterable[tuple[Any, ...]], jobs: int) -> list[T]:
    """``work(*part)`` of every part, in the order of the parts; this process takes its share.

    Parameters
    ----------
    work : callable
        A function of a module; depends on its arguments alone.
    parts : iterable of tuple
    jobs : int
        Processes, this one among them.
    """
    parts = list(parts)
    if len(parts) < 2 or not _may_share(jobs):
        with uncollected():
            return [work(*part) for part in parts]
    waiting = deque(range(len(parts)))
    done: dict[int, T] = {}
    workers = _workers(jobs - 1)

    def take(call: Callable[..., T]) -> None:
        while True:
            try:
                k = waiting.popleft()
            except IndexError:  # no part is left
                return
            done[k] = call(work, *parts[k])

    with ThreadPoolExecutor(jobs - 1) as asking:
        beside = [asking.submit(take, lambda *call: _submit(workers, *call).result()) for _ in range(jobs - 1)]
        try:
            take(_trimmed)
            for share in beside:
                share.result()
        finally:
            waiting.clear()
    return [done[k] for k in range(len(parts))]


@contextlib.contextmanager
def meanwhile(work: Callable[..., None], parts: Iterable[tuple[Any, ...]], jobs: int) -> Iterator[None]:
    """``work(*part)`` of one part after the other in another process while the block runs; all is done when it ends.

    The next part is handed over when the one before is done, so that no more than one is held twice.

    Parameters
    ----------
    work : callable
        A function of a module.
    parts : iterable of tuple
    jobs : int
        Processes, this one among them; below two everything is done before the block.
    """
    if not _may_share(jobs):
        each(work, parts, 1)
        yield
        return
    workers = _workers(jobs - 1)

    def ask() -> None:
        for part in parts:
            _submit(workers, work, *part).result()

    with ThreadPoolExecutor(1) as asking:
        beside = asking.submit(ask)
        try:
            yield
        finally:
            beside.result()


def _may_share(jobs: int) -> bool:
    """Whether there are to be other processes; the workers of a pool or of Celery are daemons, which may have none."""
    return jobs > 1 and not multiprocessing.current_process().daemon


def _workers(count: int) -> Executor:
    """So many other processes, which stay for a while; none runs the caller's script anew, as spawned ones would."""
    from loky import get_reusable_executor

    executor: Executor = get_reusable_executor(count, env=dict.fromkeys(_THREADS, "1"))
    return executor


def each_threaded(work: Callable[[P], T], parts: Iterable[P], threads: int) -> list[T]:
    """``work(part)`` of every part, in the order of the parts; pays where the work is that of arrays."""
    parts = list(parts)
    if threads < 2 or len(parts) < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, parts))


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cyclic garbage: there is hardly any in many small objects, and looking costs a sixth."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def share_heap() -> None:
    """Let all threads of this process allocate from one heap.

    glibc gives each its own, and what one has freed no other can use: a fifth of the peak. Elsewhere nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def trim_heap() -> None:
    """Give back to the system what this process has freed, which glibc keeps for itself: another fifth."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _submit(workers: Executor, work: Callable[..., T], *part: Any) -> Future[T]:
    from repeatdetect.sent import packed

    return workers.submit(_trimmed, work, *map(packed, part))


def _trimmed(work: Callable[..., T], *part: Any) -> T:
    """``work(*part)`` in a process that has other work to come."""
    with uncollected():
        done = work(*part)
    trim_heap()
    return done
