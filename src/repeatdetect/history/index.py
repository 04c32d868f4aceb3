"""The index: which filings of the store carry the keys of tonight's, without reading a single one of them.

Each run appends the keys of its filings as one sealed inverted segment, in parts of bounded size; a look-up streams
the parts, so it costs what the index weighs and not what the texts weigh.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from repeatdetect import propose
from repeatdetect.history import schema
from repeatdetect.history.pool import Pool
from repeatdetect.history.records import Records
from repeatdetect.history.vault import Vault
from repeatdetect.propose import Pairs
from repeatdetect.ragged import Floats, Ids, Index, Ragged

_PART = 1 << 20  # entries of one part
_REMEMBERED = 24 << 20  # entries kept in memory between look-ups (12 bytes each)
_HEAD = struct.Struct("<Q")


@dataclass(frozen=True)
class Part:
    """Entries of one part, ascending by key."""

    keys: Ids
    numbers: Ids
    weights: Floats

    def dumps(self) -> bytes:
        """As bytes."""
        return _HEAD.pack(len(self.keys)) + self.keys.tobytes() + self.numbers.tobytes() + self.weights.tobytes()

    @staticmethod
    def loads(blob: bytes) -> Part:
        """From bytes."""
        (count,) = _HEAD.unpack_from(blob)
        at = [_HEAD.size + 4 * count * k for k in range(3)]
        return Part(
            np.frombuffer(blob, np.uint32, count, at[0]),
            np.frombuffer(blob, np.uint32, count, at[1]),
            np.frombuffer(blob, np.float32, count, at[2]),
        )


def parts(keys: Ragged, numbers: Index) -> Iterator[Part]:
    """The segment of some filings: rows of `keys` have the `numbers`."""
    order = np.argsort(keys.ids, kind="stable")
    carriers = numbers[keys.rows[order]].astype(np.uint32)
    for start in range(0, len(order), _PART):
        chosen = order[start : start + _PART]
        yield Part(
            keys.ids[chosen], carriers[start : start + _PART], keys.weights[chosen].astype(np.float32, copy=False)
        )


class SegmentIndex:
    """Looks keys up in the segments of a store; remembers as many parts as fit."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: dict[tuple[int, int], Part] = {}
        self._room = _REMEMBERED
        self._pool: tuple[set[int], Pool] | None = None

    def _parts(self, connection: Connection) -> Iterator[Part]:
        table, runs = schema.segments, schema.runs
        held = select(table.c.run, table.c.part).join(runs, runs.c.run == table.c.run).where(runs.c.state == "done")
        for run, part in connection.execute(held.order_by(table.c.run, table.c.part)).all():
            if (run, part) in self._known:
                yield self._known[run, part]
                continue
            query = select(table.c.sealed).where(table.c.run == run, table.c.part == part)
            sealed: bytes = connection.scalars(query).one()
            found = Part.loads(self._vault.open(sealed, schema.place(table.c.sealed, run, part)))
            if len(found.keys) <= self._room:
                self._room -= len(found.keys)
                self._known[run, part] = found
            yield found

    def pool(self, connection: Connection, records: Records, threads: int) -> Pool:
        """All filings the store holds, with the pairs that all at once would propose among them; remembered."""
        counted = set(connection.scalars(select(schema.runs.c.run).where(schema.runs.c.state == "done")))
        if self._pool is None or self._pool[0] != counted:
            numbers = records.all()
            found = list(self._parts(connection))
            ids, carriers, weights = (
                np.concatenate([np.empty(0, kind), *(getattr(part, name) for part in found)])
                for name, kind in (("keys", np.uint32), ("numbers", np.uint32), ("weights", np.float32))
            )
            held = np.isin(carriers, numbers)
            row = np.searchsorted(numbers, carriers[held])
            keys = Ragged.from_pairs(row, ids[held], weights[held], len(numbers))
            before = self._pool[1] if self._pool else None
            told = records.table(numbers, ("filing_id", "date"))
            self._pool = counted, Pool.of(told, numbers, keys, threads, before)
        return self._pool[1]

    def near(self, connection: Connection, keys: Ragged, numbers: Index, gone: set[int], threads: int) -> Pairs:
        """The nearest filings, among those of the store and each other, of some that are new.

        Parameters
        ----------
        connection : Connection
        keys : Ragged
            Block keys of the new filings.
        numbers : int64, shape (rows,)
            Their numbers, above all of the store.
        gone : set of int
            Numbers that no longer hold.
        threads : int

        Returns
        -------
        Pairs
            Numbers of filings, the smaller one left.
        """
        wanted = np.unique(keys.ids)
        total = np.bincount(np.searchsorted(wanted, keys.ids), minlength=len(wanted))
        found: list[tuple[Ids, Ids, Floats]] = []
        for part in self._parts(connection):
            low, high = np.searchsorted(part.keys, wanted), np.searchsorted(part.keys, wanted, side="right")
            total += high - low
            low = np.where(total > propose.KEY_CAP, high, low)  # too common already
            count = high - low
            at = np.arange(count.sum()) + np.repeat(low - (np.cumsum(count) - count), count)
            found.append((part.keys[at], part.numbers[at], part.weights[at]))
        ids, carriers, weights = (
            np.concatenate([np.empty(0, kind), *(piece[k] for piece in found)])
            for k, kind in enumerate((np.uint32, np.uint32, np.float32))
        )
        good = total[np.searchsorted(wanted, ids)] <= propose.KEY_CAP
        if gone:
            good &= ~np.isin(carriers, np.fromiter(gone, np.uint32, len(gone)))
        old, row = np.unique(carriers[good], return_inverse=True)
        stored = Ragged.from_pairs(row, ids[good], weights[good], len(old))
        pairs = propose.nearest(keys, Ragged.concat([stored, keys]), threads)
        everyone = np.concatenate([old.astype(np.int64), numbers])
        return Pairs(everyone[pairs.left], everyone[pairs.right], {"keys": int((total > propose.KEY_CAP).sum())})
