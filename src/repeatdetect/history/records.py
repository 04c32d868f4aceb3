"""Filings in the store: sealed, found by keyed hash, opened again as a corpus."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from sqlalchemy import Column, ColumnElement, Connection, Select, func, select

from repeatdetect import corpus as corpus_stage
from repeatdetect import filings as canonical_table
from repeatdetect.corpus import Corpus
from repeatdetect.history import schema
from repeatdetect.history.vault import Vault
from repeatdetect.ragged import Index

_AT_ONCE = 10_000  # values in one question to the database
_OPENED = 4_000  # filings opened at a time; keeps memory flat
_KEPT = tuple(name for name in canonical_table.COLUMNS if name not in ("source_file", "row"))


def asked(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Iterable[Any]
) -> Iterator[tuple[Any, ...]]:
    """Rows of a query whose `column` is one of any number of values."""
    wanted = list(values)
    for start in range(0, len(wanted), _AT_ONCE):
        yield from map(tuple, connection.execute(query.where(column.in_(wanted[start : start + _AT_ONCE]))).all())


def encode(table: pd.DataFrame) -> list[bytes]:
    """What is kept of each filing, as JSON; empty cells are left out."""
    columns: list[list[str]] = []
    for name in _KEPT:
        if name in canonical_table.DATES:
            columns.append(["" if pd.isna(day) else day.isoformat() for day in table[name].tolist()])
        else:
            columns.append(table[name].tolist())
    return [
        json.dumps({k: v for k, v in zip(_KEPT, cells, strict=True) if v}, ensure_ascii=False).encode()
        for cells in zip(*columns, strict=True)
    ]


_CORRECTED = 40.0  # likeness, of 100, from which a text may be another one mended


def _another(before: Mapping[Hashable, Any], now: Mapping[Hashable, Any]) -> bool:
    """Whether what bears a stored number is another letter: neither date nor text is what it was."""
    dated = bool(pd.notna(before["date"]) and pd.notna(now["date"])) and before["date"] != now["date"]
    told = before["text"] and now["text"]
    return bool(dated and told and fuzz.ratio(before["text"], now["text"]) < _CORRECTED)


def _without_id(table: pd.DataFrame) -> list[bytes]:
    return encode(table.assign(filing_id=""))


def _texts(table: pd.DataFrame) -> list[str]:
    return list(table["text"])


def decode(kept: Iterable[bytes], columns: Iterable[str] = canonical_table.COLUMNS) -> pd.DataFrame:
    """Canonical filings, or some columns of them, from what was kept of them."""
    names = tuple(columns)
    rows: list[dict[str, str]] = []
    for one in kept:
        held = json.loads(one)
        rows.append({name: held[name] for name in names if name in held})
    out: dict[str, Any] = {}
    for name in names:
        if name == "row":
            out[name] = np.arange(1, len(rows) + 1, dtype=np.int64)
        elif name in canonical_table.DATES:
            out[name] = np.array([row.get(name) or "NaT" for row in rows], "datetime64[s]")
        else:
            out[name] = np.array([row.get(name, "") for row in rows] or [], dtype=object)
    return pd.DataFrame(out)


@dataclass(frozen=True)
class Incoming:
    """An export against the store, rows in canonical order.

    Attributes
    ----------
    table : DataFrame
        Canonical filings.
    kept : list of bytes
        What is to be kept of each.
    tag, digest : list of bytes
    number : int64, shape (n,)
        The number a filing has in the store, or will have.
    old : int64, shape (n,)
        The version it has there now: -1 for none, the same as ``number`` when nothing changed.
    """

    table: pd.DataFrame
    kept: list[bytes]
    tag: list[bytes]
    digest: list[bytes]
    number: Index
    old: Index

    @cached_property
    def changes(self) -> Index:
        """Rows the store does not hold as they are."""
        return np.flatnonzero(self.number != self.old)

    @cached_property
    def replaced(self) -> dict[int, int]:
        """Number of each corrected filing -> number of the version before."""
        rows = [row for row in self.changes.tolist() if self.old[row] >= 0]
        return {int(self.number[row]): int(self.old[row]) for row in rows}


def tag(vault: Vault, filing_id: str) -> bytes:
    """Keyed hash of a filing's id."""
    return vault.tag(f"id\x1f{filing_id}")


def digest(vault: Vault, kept: bytes) -> bytes:
    """Keyed hash of what is kept of a filing."""
    return vault.tag("content\x1f" + kept.decode())


class Records:
    """The filings of a store.

    Parameters
    ----------
    connection : Connection
    vault : Vault
    """

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault
        self._new = Corpus.loads(decode([]), [])
        self._row: dict[int, int] = {}  # of each new filing

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """The filings under the ids by which the store knows them, where one id was given to several.

        A filing the store holds as it is keeps its id there; among several of one given id, so does one whose text it
        holds. Of the others the first gets the given id unless a stored filing keeps it, any further an ordinal that
        is free: nothing stored is replaced by what merely bears its number.

        Parameters
        ----------
        table : DataFrame
            Canonical filings with ``attrs["ordinals"]``.
        """
        ids: list[str] = table["filing_id"].tolist()
        ordinals: Mapping[str, str] = table.attrs.get("ordinals", {})
        groups: dict[str, list[int]] = {}
        for row, name in enumerate(ids):
            groups.setdefault(ordinals.get(name, name), []).append(row)
        again = self.numbers(f"{given}-2" for given in groups)
        told = table[["date", "text"]].to_dict("records")
        another = self._others({given: told[rows[0]] for given, rows in groups.items() if len(rows) == 1})
        taken, order = set(ids), {name: at for at, name in enumerate(ordinals)}
        for given, rows in groups.items():
            if len(rows) == 1 and f"{given}-2" not in again and given not in another:
                continue
            rows.sort(key=lambda row: order.get(ids[row], -1))
            taken.difference_update(ids[row] for row in rows)
            for row, name in self._names(table.iloc[rows], given, taken, another=given in another).items():
                ids[rows[row]] = name
            taken.update(ids[row] for row in rows)
        return table.assign(filing_id=pd.Series(ids, index=table.index, dtype=object))

    def _names(self, table: pd.DataFrame, given: str, taken: set[str], *, another: bool) -> dict[int, str]:
        """Ids of the filings of one given id; see `named`. `another`: whether the store knows it of another filing than this one."""
        names, stored = self._ordinals(given, len(table))
        out: dict[int, str] = {}

        def free(some: Iterable[str]) -> Iterator[str]:
            return (name for name in some if name not in taken and name not in out.values())

        held, alone = self.table(np.array(list(stored.values()), np.int64)), len(table) == 1
        for read in (_without_id,) if alone else (_without_id, _texts):
            known: dict[Hashable, list[str]] = {}
            for name, content in zip(stored, read(held), strict=True):
                known.setdefault(content, []).append(name)
            for row, content in enumerate(read(table)):
                kept = next(free(known.get(content, ())), None)
                if row not in out and kept is not None:
                    out[row] = kept
        fresh = [given, *(name for name in names if name not in stored)]
        if alone and not out:
            return {0: list(free(fresh))[1] if another else table["filing_id"].iloc[0]}
        for row in range(len(table)):
            if row not in out:
                out[row] = next(free(fresh))
        return out

    def _ordinals(self, given: str, filings: int) -> tuple[list[str], dict[str, int]]:
        """A given id and so many with ordinals that there is one for each of some filings; those that are stored, with numbers."""
        names, stored = [given], dict[str, int]()
        while len(names) <= len(stored) + filings:
            more = [f"{given}-{k}" for k in range(len(names) + 1, 2 * len(names) + filings + 2)]
            stored |= self.numbers([*names, *more])
            names += more
        return names, stored

    def _others(self, rows: Mapping[str, Mapping[Hashable, Any]]) -> set[str]:
        """Of the given ids those the store knows of another filing: a system may count anew each year."""
        known = self.numbers(rows)
        held = self.table(np.array(list(known.values()), np.int64), ("date", "text"))
        return {
            name for name, before in zip(known, held.to_dict("records"), strict=True) if _another(before, rows[name])
        }

    def receive(self, table: pd.DataFrame, jobs: int) -> Incoming:
        """Compare an export with the store and prepare what is new in it.

        What is new can then be loaded as if it were stored: rounded as it will be, so that tonight's answers are those
        of any later night.
        """
        table = table.iloc[canonical_table.canonical_rows(table)].reset_index(drop=True)
        kept = encode(table)
        tags = [tag(self._vault, name) for name in table["filing_id"]]
        digests = [digest(self._vault, one) for one in kept]
        stored = self._known(tags)
        known = [stored.get(one, (-1, b"")) for one in tags]
        old = np.array([n for n, _ in known], np.int64)
        unchanged = np.array([before == now for (_, before), now in zip(known, digests, strict=True)], bool)
        fresh = np.flatnonzero(~unchanged)
        number = old.copy()
        number[fresh] = self._next() + np.arange(len(fresh))
        self._new = corpus_stage.prepare(table.iloc[fresh], jobs=jobs)
        self._new = Corpus.loads(self._new.filings, self._new.dumps())
        self._row = {n: row for row, n in enumerate(number[fresh].tolist())}
        return Incoming(table, kept, tags, digests, number, old)

    @property
    def new(self) -> Corpus:
        """The filings that are new or corrected, in canonical order."""
        return self._new

    def _known(self, tags: Iterable[bytes]) -> dict[bytes, tuple[int, bytes]]:
        table = schema.filings
        query = select(table.c.tag, table.c.n, table.c.digest).where(table.c.run_to.is_(None))
        return {bytes(tag): (n, bytes(digest)) for tag, n, digest in asked(self._connection, query, table.c.tag, tags)}

    def numbers(self, filing_ids: Iterable[str]) -> dict[str, int]:
        """Numbers of filings the store holds, by id; ids it does not hold are left out."""
        tags = {tag(self._vault, name): name for name in filing_ids}
        return {tags[tag]: n for tag, (n, _) in self._known(tags).items()}

    def all(self) -> Index:
        """Numbers of all filings that hold, ascending."""
        table = schema.filings
        query = select(table.c.n).where(table.c.run_to.is_(None)).order_by(table.c.n)
        return np.array(self._connection.scalars(query).all(), np.int64)

    def count(self) -> int:
        """How many filings hold."""
        table = schema.filings
        return int(self._connection.scalar(select(func.count()).where(table.c.run_to.is_(None))) or 0)

    def gone(self) -> set[int]:
        """Numbers that were replaced by a correction, or taken back."""
        table = schema.filings
        return set(self._connection.scalars(select(table.c.n).where(table.c.run_to.is_not(None))))

    def arrival(self, incoming: Incoming) -> dict[int, int]:
        """Number of the first version of each filing that was ever corrected; every other one's is its own."""
        table = schema.filings
        query = select(table.c.tag, func.min(table.c.n)).where(table.c.run_to > table.c.run_from).group_by(table.c.tag)
        first = {bytes(tag): int(n) for tag, n in self._connection.execute(query)}
        out = {n: first[tag] for tag, (n, _) in self._known(first).items()}
        for row in incoming.changes.tolist():
            if (old := int(incoming.old[row])) >= 0:
                out[int(incoming.number[row])] = first.get(incoming.tag[row], old)
        return out

    def _next(self) -> int:
        return int(self._connection.scalar(select(func.max(schema.filings.c.n))) or 0) + 1

    def table(self, numbers: Index, columns: Sequence[str] = canonical_table.COLUMNS) -> pd.DataFrame:
        """Some columns of filings; rows as asked for."""
        new, parts = self._new.filings[list(columns)], []
        for opened, place in self._pieces(schema.filings.c.content, numbers):
            stored = decode(opened, columns)
            parts.append(pd.concat([stored, new]).iloc[place] if len(opened) < len(place) else stored)
        return pd.concat(parts, ignore_index=True)

    def corpus(self, table: pd.DataFrame, numbers: Index) -> Corpus:
        """A table of filings, of all columns or some, with their features."""
        nothing = self._new.filings.iloc[:, :0]
        new = Corpus(nothing, self._new.features, self._new.scalars, self._new.told)
        parts = []
        for opened, place in self._pieces(schema.features.c.sealed, numbers):
            stored = Corpus.loads(pd.DataFrame(index=range(len(opened))), opened)
            parts.append(Corpus.concat([stored, new]).take(place) if len(opened) < len(place) else stored)
        whole = Corpus.concat(parts)
        return Corpus(table.reset_index(drop=True), whole.features, whole.scalars, whole.told)

    def load(self, numbers: Index) -> Corpus:
        """Filings with their features; rows as asked for."""
        return self.corpus(self.table(numbers), numbers)

    def reread(self, jobs: int) -> tuple[Corpus, Index]:
        """All filings that hold, prepared anew from their originals, in canonical order; and their numbers."""
        numbers = self.all()
        table = self.table(numbers)
        order = canonical_table.canonical_rows(table)
        corpus = corpus_stage.prepare(table.iloc[order], jobs=jobs)
        return Corpus.loads(corpus.filings, corpus.dumps()), numbers[order]

    def _pieces(self, column: Column[bytes], numbers: Index) -> Iterator[tuple[list[bytes], Index]]:
        """Some filings at a time: what the store holds of them, opened, and where each one's is, in these and the new ones after."""
        number = column.table.c.n
        for start in range(0, max(len(numbers), 1), _OPENED):
            some = numbers[start : start + _OPENED].tolist()
            old = [n for n in some if n not in self._row]
            found = asked(self._connection, select(number, column), number, old)
            opened = {n: self._vault.open(sealed, schema.place(column, n)) for n, sealed in found}
            at = {n: row for row, n in enumerate(old)} | {n: len(old) + row for n, row in self._row.items()}
            yield [opened[n] for n in old], np.array([at[n] for n in some], np.int64)

    def rows(self, incoming: Incoming, run: int) -> Mapping[Any, list[dict[str, Any]]]:
        """What to insert for the filings that are new or corrected."""
        seal, place = self._vault.seal, schema.place
        changes = incoming.changes.tolist()
        blobs = dict(zip(incoming.number[changes].tolist(), self._new.dumps(), strict=True))
        return {
            schema.filings: [
                {
                    "n": n, "tag": incoming.tag[row], "digest": incoming.digest[row],
                    "content": seal(incoming.kept[row], place(schema.filings.c.content, n)), "run_from": run,
                }
                for row, n in zip(changes, incoming.number[changes].tolist(), strict=True)
            ],
            schema.features: [{"n": n, "sealed": seal(blob, place(schema.features.c.sealed, n))} for n, blob in blobs.items()],
        }  # fmt: skip
