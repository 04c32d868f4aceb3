"""What the filings of a store tell together, kept in memory between questions."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from repeatdetect.background import Background
from repeatdetect.corpus import Corpus
from repeatdetect.history import schema
from repeatdetect.history.vault import Vault
from repeatdetect.pooled import Cells


class Memory:
    """The background of all runs that count, read once.

    Parameters
    ----------
    vault : Vault
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._runs: set[int] = set()
        self._told = Background()

    def background(self, connection: Connection, new: Corpus) -> Background:
        """What the store's filings and some new ones tell."""
        table, runs = schema.background, schema.runs
        counted = select(table.c.run).join(runs, runs.c.run == table.c.run).where(runs.c.state == "done")
        held = set(connection.scalars(counted))
        if not self._runs <= held:  # one was undone
            self._told, self._runs = Background(), set()
        for run in sorted(held - self._runs):
            sealed = connection.scalars(select(table.c.sealed).where(table.c.run == run)).one()
            told = json.loads(self._vault.open(sealed, schema.place(table.c.sealed, run)))
            self._told.add(Background.from_json(told))
        self._runs = held
        out = Background()
        out.add(self._told)
        out.add(Background.of(Cells.read(new)))
        return out


def row(vault: Vault, new: Corpus, run: int) -> dict[str, Any]:
    """What a run keeps of its filings for `Memory`."""
    told = json.dumps(Background.of(Cells.read(new)).to_json(), ensure_ascii=False).encode()
    return {"run": run, "sealed": vault.seal(told, schema.place(schema.background.c.sealed, run))}
