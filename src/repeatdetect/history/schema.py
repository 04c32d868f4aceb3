"""Tables of the history store and how an older store is brought up to date.

What changes is kept with the run it holds from and the run it holds to (``run_to`` NULL: still holds). So nothing is
overwritten or purged, what a matter looked like on any night can be told, and undoing a run is ending what it began
and reopening what it ended. Rows of filings are versions: a corrected filing is a new row.

In the clear are numbers, times, matter ids and words of our own; whatever comes from a filing is sealed, and what
must be looked up is a keyed hash.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    inspect,
    select,
)

from repeatdetect.errors import StoreError

VERSION = 2
metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite's own row number, so that look-ups take one step


def _temporal(name: str, *columns: Column[object], by: tuple[str, ...]) -> Table:
    """A table with ``run_from`` and ``run_to``, indexed for what still holds and for what has ended."""
    table = Table(
        f"rd_{name}", metadata, *columns, Column("run_from", Integer, nullable=False), Column("run_to", Integer)
    )
    for column in by:
        holds = table.c.run_to.is_(None)
        Index(f"rd_{name}_{column}", table.c[column], sqlite_where=holds, postgresql_where=holds)
    ended = table.c.run_to.is_not(None)
    Index(f"rd_{name}_ended", table.c.run_to, sqlite_where=ended, postgresql_where=ended)
    return table


meta = Table("rd_meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

#: versions of filings; ``tag``: keyed hash of the filing's id, ``digest``: of what it holds
filings = _temporal(
    "filings",
    Column("n", _Number, primary_key=True, autoincrement=False),
    Column("tag", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    by=("tag",),
)

#: what is compared of each version
features = Table(
    "rd_features",
    metadata,
    Column("n", _Number, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

#: matter of each filing
members = _temporal(
    "members",
    Column("n", BigInteger, nullable=False),
    Column("matter", BigInteger, nullable=False),
    by=("n", "matter"),
)

#: edges that hold the matters together; score in log-odds
holds = _temporal(
    "holds",
    Column("matter", BigInteger, nullable=False),
    Column("left", BigInteger, nullable=False),
    Column("right", BigInteger, nullable=False),
    Column("score", Double, nullable=False),
    by=("matter",),
)

#: proposed pairs worth keeping; only a pair of two versions that hold counts
pairs = Table(
    "rd_pairs",
    metadata,
    Column("left", BigInteger, primary_key=True, autoincrement=False),
    Column("right", BigInteger, primary_key=True, autoincrement=False),
    Column("score", Double, nullable=False),
)
Index("rd_pairs_right", pairs.c.right)

#: the index, one sealed part after the other of what a run added: block keys, numbers of filings, weights
segments = Table(
    "rd_segments",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

#: every matter there ever was, in order of birth; a merged one redirects
matters = _temporal(
    "matters",
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("matter_id", Text, nullable=False),
    by=("matter_id",),
)
redirects = _temporal(
    "redirects",
    Column("matter", BigInteger, nullable=False),
    Column("into", BigInteger, nullable=False),
    by=("matter",),
)

#: what happened to a matter in a run: born, joined, merged, split, moved
events = Table(
    "rd_events",
    metadata,
    Column("run", Integer, nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("matter", BigInteger, nullable=False, index=True),
    Column("other", BigInteger),
    Column("filings", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

#: decisions of people; ``sealed``: ids, who and why
decisions = _temporal(
    "decisions",
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    by=(),
)

#: what a run's filings tell together (places, names), sealed
background = Table(
    "rd_background",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

#: ``kind``: add, decide or prepare (anew, by another version); ``state``: done or undone; ``manifest``: counts, settings and fingerprints as JSON, no content
runs = Table(
    "rd_runs",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("undone", Text),
)

#: who read content, when, what for, and of how many filings
audit = Table(
    "rd_audit",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("filings", Integer, nullable=False),
)

#: what is sealed
SEALED: tuple[Column[bytes], ...] = (
    filings.c.content, features.c.sealed, segments.c.sealed, decisions.c.sealed, background.c.sealed,
)  # fmt: skip
TEMPORAL = (filings, members, holds, matters, redirects, decisions)


def _ended(connection: Connection) -> None:
    """Indexes of what no longer holds."""
    for table in TEMPORAL:
        for index in table.indexes:
            if str(index.name).endswith("_ended"):
                index.create(connection)


#: step k brings a store from version k + 1 to k + 2
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_ended,)


def place(column: Column[bytes], *key: int) -> str:
    """What a sealed value is bound to: its table, column and row."""
    return f"{column.table.name}.{column.name}:{':'.join(map(str, key))}"


def exists(connection: Connection) -> bool:
    """Whether there is a store behind the connection."""
    return inspect(connection).has_table(meta.name)


def get(connection: Connection, name: str) -> str | None:
    """A value of the meta table."""
    value: str | None = connection.scalar(select(meta.c.value).where(meta.c.name == name))
    return value


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value of the meta table."""
    connection.execute(delete(meta).where(meta.c.name == name))
    connection.execute(meta.insert().values(name=name, value=value))


def create(connection: Connection) -> None:
    """Make the tables of this version in an empty place."""
    metadata.create_all(connection)
    put(connection, "schema", str(VERSION))


def migrate(connection: Connection) -> list[int]:
    """Bring an older store up to date; returns the versions it passed through.

    Raises
    ------
    StoreError
        When the store was made by a newer version of the program.
    """
    version = int(get(connection, "schema") or 0)
    if version > VERSION:
        raise StoreError(
            "E305", "历史库由更新版本的程序建立，本程序不能打开",
            place=f"库版本 {version}，本程序 {VERSION}", hint="请升级 repeatdetect。",
        )  # fmt: skip
    passed = []
    for step in range(version, VERSION):
        MIGRATIONS[step - 1](connection)
        put(connection, "schema", str(step + 1))
        passed.append(step + 1)
    return passed
