"""What the store knows of matters, pairs and decisions, as numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from repeatdetect.decisions import COLUMNS
from repeatdetect.history import schema
from repeatdetect.history.records import asked
from repeatdetect.history.vault import Vault
from repeatdetect.ragged import Index
from repeatdetect.scoring import Proposed

Edge = tuple[int, int, float]


class State:
    """Reads the tables of matters.

    Parameters
    ----------
    connection : Connection
    vault : Vault
    """

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    def matter_of(self, numbers: Iterable[int]) -> dict[int, int]:
        """Matter of each filing."""
        table = schema.members
        query = select(table.c.n, table.c.matter).where(table.c.run_to.is_(None))
        return dict(asked(self._connection, query, table.c.n, numbers))

    def members(self, matters: Iterable[int]) -> set[int]:
        """Filings of some matters."""
        table = schema.members
        query = select(table.c.n).where(table.c.run_to.is_(None))
        return {n for (n,) in asked(self._connection, query, table.c.matter, set(matters))}

    def partners(self, numbers: Iterable[int], least: float) -> dict[int, float]:
        """Filings with which some filings were compared and scored at least `least`, with the best score."""
        table, wanted = schema.pairs, list(numbers)
        out: dict[int, float] = {}
        for one, other in ((table.c.left, table.c.right), (table.c.right, table.c.left)):
            for n, score in asked(
                self._connection, select(other, table.c.score).where(table.c.score >= least), one, wanted
            ):
                out[n] = max(score, out.get(n, score))
        return out

    def together(self, seeds: Iterable[int], gone: set[int], bound: Mapping[int, set[int]]) -> set[int]:
        """The seeds and all filings that matters and `bound` connect with them."""
        edge = set(seeds) - gone
        seen = set(edge)
        while edge:
            found = self.members(self.matter_of(edge).values())
            found.update(other for n in edge for other in bound.get(n, ()))
            edge = found - seen - gone
            seen |= edge
        return seen

    def pairs_among(self, numbers: Index) -> Proposed:
        """Compared pairs of which both filings are among some (ascending); numbers, not rows."""
        table = schema.pairs
        query = select(table.c.left, table.c.right, table.c.score)
        known = set(numbers.tolist())
        rows = [row for row in asked(self._connection, query, table.c.left, known) if row[1] in known]
        left, right, score = zip(*rows, strict=True) if rows else ((), (), ())
        return Proposed(np.array(left, np.int64), np.array(right, np.int64), np.array(score, np.float64))

    def holds(self, matters: Iterable[int]) -> dict[int, set[Edge]]:
        """Edges that hold some matters together."""
        table = schema.holds
        query = select(table.c.matter, table.c.left, table.c.right, table.c.score).where(table.c.run_to.is_(None))
        out: dict[int, set[Edge]] = {}
        for matter, left, right, score in asked(self._connection, query, table.c.matter, set(matters)):
            out.setdefault(matter, set()).add((left, right, score))
        return out

    def names(self, matters: Iterable[int]) -> dict[int, str]:
        """Ids of matters by number."""
        table = schema.matters
        query = select(table.c.seq, table.c.matter_id)
        return dict(asked(self._connection, query, table.c.seq, set(matters)))

    def numbers(self, names: Iterable[str]) -> dict[str, int]:
        """Numbers of matters by id; ids there never were are left out."""
        table = schema.matters
        query = select(table.c.matter_id, table.c.seq).where(table.c.run_to.is_(None))
        return dict(asked(self._connection, query, table.c.matter_id, set(names)))

    def redirects(self) -> dict[int, int]:
        """Matters that were merged into another, and into which."""
        table = schema.redirects
        query = select(table.c.matter, table.c.into).where(table.c.run_to.is_(None))
        return {row.matter: row.into for row in self._connection.execute(query)}

    def next_run(self) -> int:
        """Number of the next run."""
        return int(self._connection.scalar(select(func.max(schema.runs.c.run))) or 0) + 1

    def next_matter(self) -> int:
        """Number of the next matter born."""
        return int(self._connection.scalar(select(func.max(schema.matters.c.seq))) or 0) + 1

    def largest(self) -> int:
        """Filings of the largest matter."""
        table = schema.members
        sizes = select(func.count().label("size")).where(table.c.run_to.is_(None)).group_by(table.c.matter).subquery()
        return int(self._connection.scalar(select(func.max(sizes.c.size))) or 0)

    def decisions(self) -> pd.DataFrame:
        """Every word that was said, in order; ``row`` is its number in the store."""
        table = schema.decisions
        query = select(table.c.id, table.c.sealed).where(table.c.run_to.is_(None)).order_by(table.c.id)
        rows = [
            {**json.loads(self._vault.open(sealed, schema.place(table.c.sealed, number))), "row": number}
            for number, sealed in self._connection.execute(query)
        ]
        return pd.DataFrame(rows, columns=[*COLUMNS, "row"])

    def next_decision(self) -> int:
        """Number of the next decision."""
        return int(self._connection.scalar(select(func.max(schema.decisions.c.id))) or 0) + 1
