"""A new key for a whole store: everything is sealed and hashed anew in one transaction.

The next key is written beside the key file before the transaction and takes its place after it. Cut short at any
moment the store is under one of the two, and `key_of` puts the right one in place when the store is next opened.
"""

from __future__ import annotations

import base64
import itertools
import json
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Engine, bindparam, select, update

from repeatdetect.errors import StoreError
from repeatdetect.history import schema
from repeatdetect.history.records import digest, tag
from repeatdetect.history.vault import Vault, make_key, read_key

_AT_ONCE = 2_000  # rows in memory at a time


def next_key(path: Path) -> Path:
    """Where the next key waits for its transaction."""
    return path.with_name(path.name + ".next")


def key_of(path: Path, salt: bytes, proof: str) -> bytes:
    """The key of a store from its key file, after finishing a change of keys that was cut short.

    Raises
    ------
    StoreError
        When neither the key file nor a next key beside it opens the store.
    """
    waiting = next_key(path)
    master = read_key(path)
    if Vault(master, salt).fits(proof):
        return master
    if waiting.exists() and Vault(read_key(waiting), salt).fits(proof):
        _take_its_place(path)
        return read_key(path)
    raise StoreError(
        "E306", "密钥与历史库不配套", place=str(path), hint="请使用建库时（或最近一次 rekey 后）的密钥文件。"
    )


def reseal(connection: Connection, old: Vault, path: Path) -> Vault:
    """Seal everything anew under a next key, which is left waiting beside the key file.

    Parameters
    ----------
    connection : Connection
        In a transaction that writes.
    old : Vault
    path : Path
        The key file.
    """
    waiting = next_key(path)
    waiting.unlink(missing_ok=True)
    salt = secrets.token_bytes(16)
    new = Vault(make_key(waiting), salt)
    for column in schema.SEALED:
        keys = list(column.table.primary_key.columns)
        query = update(column.table).where(*(key == bindparam(f"key_{key.name}") for key in keys))
        for batch in _batches(connection, column, keys):
            rows = []
            for *key, sealed in batch:
                plain = old.open(sealed, schema.place(column, *key))
                row: dict[str, Any] = {f"key_{k.name}": v for k, v in zip(keys, key, strict=True)}
                row[f"new_{column.name}"] = new.seal(plain, schema.place(column, *key))
                if column is schema.filings.c.content:
                    row |= {"new_tag": tag(new, json.loads(plain)["filing_id"]), "new_digest": digest(new, plain)}
                rows.append(row)
            values: dict[str, Any] = {
                name.removeprefix("new_"): bindparam(name) for name in rows[0] if name.startswith("new_")
            }
            connection.execute(query.values(values), rows)
    schema.put(connection, "salt", base64.b64encode(salt).decode())
    schema.put(connection, "proof", new.proof())
    return new


def finish(engine: Engine, path: Path) -> Path:
    """Put the next key into the key file's place and clear the database of what the old one had sealed.

    Returns
    -------
    Path
        Where the old key is kept: backups made before need it.
    """
    kept = _take_its_place(path)
    try:
        _cleared(engine)
    except (sqlite3.Error, sa.exc.SQLAlchemyError) as error:
        raise StoreError(
            "E308", "密钥已更换，但数据库没有清理完（多半是空间不足）", place=f"旧密钥 {kept}",
            hint="新旧密钥都请另存；腾出空间后再运行一次 rekey。",
        ) from error  # fmt: skip
    return kept


def _cleared(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:  # outside of any transaction, which `engine_of` would begin
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in sorted({column.table.name for column in schema.SEALED}):
            connection.execute(sa.text(f"VACUUM FULL {table}"))


def _batches(connection: Connection, column: Column[Any], keys: list[Column[Any]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a table by primary key, read in pieces so that they may be changed meanwhile."""
    last: tuple[Any, ...] | None = None
    while True:
        query = select(*keys, column).order_by(*keys).limit(_AT_ONCE if len(keys) == 1 else 1)
        if last is not None:
            query = query.where(sa.tuple_(*keys) > sa.tuple_(*map(sa.literal, last)))
        batch = [tuple(row) for row in connection.execute(query)]
        if not batch:
            return
        last = batch[-1][: len(keys)]
        yield batch


def _take_its_place(path: Path) -> Path:
    stem = f"{path.name}.old-{datetime.now():%Y%m%d-%H%M%S}"
    kept = next(
        place for k in itertools.count() if not (place := path.with_name(f"{stem}-{k}" if k else stem)).exists()
    )
    try:
        shutil.copy2(path, kept)
        next_key(path).replace(path)
    except OSError as error:
        raise StoreError("E304", "密钥文件无法写入", place=str(path), hint="请检查位置、权限与磁盘空间。") from error
    return kept
