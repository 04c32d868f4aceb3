"""Making a store, and opening one with its key."""

from __future__ import annotations

import base64
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from repeatdetect.audit import now, who
from repeatdetect.decide import Scorer
from repeatdetect.errors import StoreError
from repeatdetect.history import rekey, renew, schema
from repeatdetect.history.connect import committing, engine_of, only_writer, place, reading
from repeatdetect.history.vault import Vault, make_key, read_key

_SLOW = timedelta(days=1)  # clocks of machines that share a store differ, and their time zones may be set wrong


def create(url: str, key: Path, wait: float) -> None:
    """Make a store, and its key file when there is none; an existing store is left as it is.

    Parameters
    ----------
    url : str
    key : Path
    wait : float
        Seconds to wait for another run.

    Raises
    ------
    StoreError
        When it cannot be made.
    """
    engine = engine_of(url)
    _private_file(engine)
    with only_writer(engine, wait):
        with reading(engine) as connection:
            there = schema.exists(connection)
        if not there:
            master = read_key(key) if key.exists() else make_key(key)
            salt = secrets.token_bytes(16)
            with committing(engine) as connection:
                schema.create(connection)
                schema.put(connection, "salt", base64.b64encode(salt).decode())
                schema.put(connection, "proof", Vault(master, salt).proof())
                schema.put(connection, "prepared", renew.stamp(Scorer.load()))
                schema.put(connection, "made", f"{now()} {who()}")


def opened(url: str, key: Path, wait: float) -> tuple[Engine, Vault]:
    """A store and the vault of its key; one of an older layout is brought to today's.

    Raises
    ------
    StoreError
        When there is no store, the key file is missing, or it is not the key of this store.
    """
    engine = engine_of(url)
    missing = StoreError(
        "E307", "这里没有历史库", place=place(engine.url), hint="请核对地址；新建请用 repeatdetect init。"
    )
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        raise missing
    with reading(engine) as connection:
        if not schema.exists(connection):
            raise missing
        salt = base64.b64decode(schema.get(connection, "salt") or "")
        proof = schema.get(connection, "proof") or ""
        current = schema.get(connection, "schema") == str(schema.VERSION)
    vault = Vault(rekey.key_of(key, salt, proof), salt)
    if not current:
        with only_writer(engine, wait), committing(engine) as connection:
            schema.migrate(connection)
    return engine, vault


def demand(connection: Connection, vault: Vault, name: str) -> None:
    """Refuse to go on under a key that somebody has changed meanwhile, or by a clock that stands before what the store has seen.

    By such a clock every date of an export lies years ahead, counts as a slip and would be wiped.

    Raises
    ------
    StoreError
    """
    if not vault.fits(schema.get(connection, "proof") or ""):
        raise StoreError("E317", "历史库的密钥刚刚更换过", place=name, hint="历史库未改动，请重新运行一次。")
    runs = schema.runs
    # a run by a clock that was ahead can be undone, unless it prepared the store anew: that one must lock nobody out
    counted = select(runs.c.at).where(runs.c.state == "done", runs.c.kind != "prepare")
    last = connection.scalar(counted.order_by(runs.c.run.desc()).limit(1))
    made = (schema.get(connection, "made") or "").partition(" ")[0]
    here = datetime.fromisoformat(now())
    for seen, what in ((last, "上次运行"), (made, "建库")):
        if seen and here + _SLOW < datetime.fromisoformat(seen):
            raise StoreError(
                "E318", "本机时钟慢了", place=f"本机 {here:%Y-%m-%d %H:%M}，{what} {seen[:16].replace('T', ' ')}",
                hint="请校准系统时间后重新运行；如果是那一次的时钟快了，上次运行请先用 undo 撤销，空库请重新建。历史库未改动。",
            )  # fmt: skip


def named_key(key: str | Path | None) -> Path:
    """The path of a key file.

    Raises
    ------
    StoreError
        When none is named.
    """
    if not isinstance(key, (str, Path)) or not str(key) or Path(key).is_dir():
        raise StoreError("E303", "没有指明密钥文件", hint="请用 --key-file 或环境变量 REPEATDETECT_KEY_FILE 指明。")
    return Path(key)


def _private_file(engine: Engine) -> None:
    """Let a new SQLite file be readable by its owner only."""
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreError(
                "E309", "历史库不能写入或打开", place=str(path), hint="请检查文件夹是否存在及其权限。"
            ) from error
