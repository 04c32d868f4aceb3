"""Folders that are replaced as a whole or not at all, and of which a run that dies leaves nothing behind for long.

All that is written goes into a hidden folder beside the target, which is locked while its run lives. What is found
there without a living run is removed by the next run of the same target, for it holds what filings say.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from repeatdetect.errors import InputError

_LOCK, _NEW, _OLD = "lock", "new", "old"


def unwritable(out: Path) -> InputError:
    """The refusal to write to a folder."""
    return InputError("E403", "输出位置不可写", place=str(out)[:200], hint="请换一个有写入权限的位置。")


@contextmanager
def replacing(out: Path, fill: Callable[[Path], None]) -> Iterator[None]:
    """A new folder, complete before the block begins, which takes the place of `out` when the block ends well.

    Parameters
    ----------
    out : Path
    fill : callable
        Writes into the folder it is given.

    Raises
    ------
    InputError
        When the folder cannot be written or put in its place; `out` is then as it was.
    """
    out = out.resolve()
    with _holder(out) as holder:
        new = holder / _NEW
        with _in_our_words(out):
            new.mkdir()
            fill(new)
            if out.exists():  # whom the office let in, and nobody else
                shutil.copymode(out, new)
            else:  # it holds secret mail: nobody yet
                new.chmod(0o700)
        yield
        with _in_our_words(out):
            _exchange(new, out, holder / _OLD)


@contextmanager
def _in_our_words(out: Path) -> Iterator[None]:
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        yield
    except (OSError, XlsxWriterException) as error:
        raise InputError(
            "E404", "写入结果时出错", place=str(out), hint="请检查磁盘空间与权限后重新运行；旧结果未改动。"
        ) from error


@contextmanager
def _holder(out: Path) -> Iterator[Path]:
    """A locked folder beside `out`, gone when the block ends."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _clear(out)
        holder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise unwritable(out) from error
    lock = FileLock(holder / _LOCK)
    try:
        with suppress(OSError, NotImplementedError):  # some file systems know no locks
            lock.acquire()
        yield holder
    finally:
        lock.release()
        shutil.rmtree(holder, ignore_errors=True)


def _clear(out: Path) -> None:
    """Remove what dead runs have left beside `out`; an old result that one had put aside comes back."""
    ours = re.compile(re.escape(f".{out.name}-") + r"[a-z0-9_]{8}")
    for holder in [path for path in out.parent.iterdir() if ours.fullmatch(path.name) and (path / _LOCK).is_file()]:
        with suppress(Timeout, OSError, NotImplementedError), FileLock(holder / _LOCK, timeout=0):
            if (holder / _OLD).exists() and not out.exists():
                (holder / _OLD).replace(out)
            shutil.rmtree(holder, ignore_errors=True)


def _exchange(new: Path, out: Path, old: Path) -> None:
    """Put a complete folder in the place of another, which stays where it is when that fails."""
    if not out.exists():
        new.replace(out)
        return
    out.replace(old)
    try:
        new.replace(out)
    except OSError:
        old.replace(out)
        raise
