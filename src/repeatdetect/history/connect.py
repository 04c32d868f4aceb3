"""From a URL to connections: one writer at a time, readers that see one moment, errors in our own words."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from repeatdetect.audit import now, who
from repeatdetect.errors import StoreError
from repeatdetect.history import schema

_LOCK = 7_309_451_026  # PostgreSQL's advisory lock of a store; one store a database
_ROOM = 1 << 20  # bytes free below which a disk is full
_READ_WAIT = 60_000  # ms that SQLite waits for another's commit


def engine_of(url: str) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql+psycopg://…``.

    Raises
    ------
    StoreError
        When the URL is not one of these, or the driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except (SQLAlchemyError, ValueError) as error:
        raise StoreError(
            "E301", "历史库地址不正确", hint="应为 sqlite:///文件 或 postgresql+psycopg://用户@主机/库名。"
        ) from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql") or (backend == "sqlite" and parsed.database in (None, "", ":memory:")):
        raise StoreError(
            "E301", "历史库地址不正确", place=place(parsed),
            hint="应为 sqlite:///文件 或 postgresql+psycopg://用户@主机/库名。",
        )  # fmt: skip
    try:
        if backend == "postgresql":
            return sa.create_engine(parsed, pool_pre_ping=True)
        engine = sa.create_engine(parsed, connect_args={"timeout": _READ_WAIT / 1000})
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(
            "E301", "缺少数据库驱动", place=parsed.drivername, hint="请安装 repeatdetect[postgres]。"
        ) from error

    @sa.event.listens_for(engine, "connect")
    def _set_up(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # transactions begin where we say so, below, not where the driver guesses
        cursor = raw.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-200000", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def place(url: sa.URL) -> str:
    """Address of a store as people write it, without a password: options may hold one, too."""
    options = {name: value for name, value in url.query.items() if "pass" not in name.lower()}
    return unquote(url.set(query=options).render_as_string(hide_password=True))


def _is_full(engine: Engine) -> bool:
    """Whether the disk of a SQLite file has no room left: to SQLite a write-ahead log without room is an I/O error."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(Path(str(engine.url.database)).parent).free < _ROOM
    return False


@contextlib.contextmanager
def in_our_words(engine: Engine) -> Iterator[None]:
    """Turn what the database says into a `StoreError`; the store is then as before the run."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).lower()
        where = place(engine.url)
        if "full" in said or "no space" in said or ("disk i/o" in said and _is_full(engine)):
            code, message, hint = "E308", "磁盘或数据库空间已满", "请腾出空间后重新运行；历史库未改动。"
        elif "disk i/o" in said:
            code, message, hint = "E309", "历史库所在的磁盘读写出错", "请检查磁盘；历史库未改动。"
        elif "locked" in said or "busy" in said:
            code, message, hint = "E302", "历史库正被占用", "请稍后重新运行。"
        elif "not a database" in said or "malformed" in said:
            code, message, hint = "E307", "这个文件不是历史库，或已损坏", "请核对地址；原来是历史库的，请从备份恢复。"
        elif "readonly" in said or "read-only" in said or "permission denied" in said or "unable to open" in said:
            code, message, hint = (
                "E309",
                "历史库不能写入或打开",
                "请检查文件（连同旁边的 -wal、-shm）、文件夹与账号的权限。",
            )
        elif isinstance(error, sa.exc.OperationalError) and ("does not exist" in said or "不存在" in said):
            code, message, hint = "E307", "服务器上没有这个数据库或用户", "请核对地址中的库名和用户名。"
        elif any(word in said for word in ("authentication", "no password", "认证", "口令", "密码")):
            code, message, hint = "E309", "数据库不让登录", "请核对用户名、~/.pgpass 中的口令和服务器的访问设置。"
        elif error.connection_invalidated or isinstance(error, sa.exc.OperationalError):
            code, message, hint = "E310", "与历史库的连接不通或中断", "请检查数据库服务与网络后重新运行；历史库未改动。"
        else:
            code, message, hint = "E311", "历史库出错", "请保留现场并联系维护人员；历史库未改动。"
        raise StoreError(code, message, place=where, hint=hint) from error


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the store as it is now, whatever is written meanwhile."""
    options: dict[str, Any] = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with in_our_words(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def committing(engine: Engine) -> Iterator[Connection]:
    """One short transaction that writes, for what needs no lock of the whole store (the audit)."""
    with in_our_words(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def only_writer(engine: Engine, wait: float) -> Iterator[None]:
    """Keep every other run out until the end of the block; a killed process lets go by itself.

    Parameters
    ----------
    engine : Engine
    wait : float
        Seconds to wait for another run.

    Raises
    ------
    StoreError
        When the other run is still at work; it is named.
    """
    lock = _file_lock if engine.dialect.name == "sqlite" else _server_lock
    with lock(engine, wait):
        with committing(engine) as connection:
            if schema.exists(connection):
                schema.put(connection, "holder", f"{who()}，进程 {os.getpid()}，{now()} 起")
        yield


def _busy(engine: Engine) -> StoreError:
    holder = ""
    with contextlib.suppress(StoreError), reading(engine) as connection:
        holder = schema.get(connection, "holder") or ""
    return StoreError("E302", "历史库正被另一次运行占用", place=holder, hint="请等它结束后重新运行。")


@contextlib.contextmanager
def _file_lock(engine: Engine, wait: float) -> Iterator[None]:
    path = Path(f"{engine.url.database}.lock")
    lock = FileLock(path, timeout=wait, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(engine) from None
    except OSError as error:
        raise StoreError(
            "E309", "历史库不能写入或打开", place=str(path), hint="请检查文件夹是否存在及其权限。"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _server_lock(engine: Engine, wait: float) -> Iterator[None]:
    end = time.monotonic() + wait
    with in_our_words(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))):
            if time.monotonic() >= end:
                raise _busy(engine)
            time.sleep(0.2)
        try:
            yield
        finally:
            with contextlib.suppress(SQLAlchemyError):  # a lost connection has let go of it already
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
