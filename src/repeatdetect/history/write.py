"""A plan put into the store: one short transaction, nothing overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, bindparam, update

from repeatdetect.audit import now, who
from repeatdetect.history import memory, schema
from repeatdetect.history.index import parts
from repeatdetect.history.plan import Plan
from repeatdetect.history.records import Records
from repeatdetect.history.vault import Vault

_AT_ONCE = 20_000


def apply(
    connection: Connection, vault: Vault, records: Records, plan: Plan, kind: str,
    manifest: Mapping[str, Any], decisions: Iterable[Mapping[str, Any]],
) -> None:  # fmt: skip
    """Write what a run changes, and the run itself.

    Parameters
    ----------
    connection : Connection
        In a transaction of its own; nothing is kept unless it ends well.
    vault : Vault
    records : Records
        That received the plan's filings.
    plan : Plan
    kind : str
        ``add``, ``decide`` or ``prepare``.
    manifest : mapping
        Numbers and names of settings only.
    decisions : iterable of mapping
        Rows for the table of decisions.
    """
    at, run = now(), plan.run
    rows: dict[Table, list[dict[str, Any]]] = {
        schema.runs: [
            {"run": run, "kind": kind, "state": "done", "at": at, "who": who(), "manifest": json.dumps(manifest, ensure_ascii=False)}
        ],
        **records.rows(plan.incoming, run),
        schema.decisions: [{**row, "run_from": run} for row in decisions],
        schema.pairs: [
            {"left": a, "right": b, "score": score}
            for a, b, score in zip(plan.pairs.left.tolist(), plan.pairs.right.tolist(), plan.pairs.score.tolist(), strict=True)
        ],
        schema.matters: [
            {"seq": seq, "matter_id": name, "run_from": run} for seq, name in sorted(plan.settled.born.items())
        ],
        schema.redirects: [
            {"matter": matter, "into": into, "run_from": run} for matter, into in sorted(plan.settled.redirects.items())
        ],
        schema.events: [
            {"run": run, "at": at, "kind": e.kind, "matter": e.matter, "other": e.other, "filings": e.filings, "reason": e.reason}
            for e in plan.settled.events
        ],
        schema.background: [memory.row(vault, plan.new, run)],
        schema.segments: [
            {"run": run, "part": number, "sealed": vault.seal(part.dumps(), schema.place(schema.segments.c.sealed, run, number))}
            for number, part in enumerate(parts(plan.keys, plan.fresh))
        ],
    }  # fmt: skip
    _end(connection, schema.filings, ("n",), [(n,) for n in plan.incoming.replaced.values()], run)
    _end(connection, schema.members, ("n",), [(n,) for n in plan.incoming.replaced.values()], run)
    _end(connection, schema.redirects, ("matter",), [(m,) for m in sorted(plan.settled.revived)], run)
    moved = [(n, m) for n, m in plan.settled.matter.items() if n in plan.incoming.replaced or plan.before.get(n) != m]
    _end(connection, schema.members, ("n",), [(n,) for n, _ in moved if n in plan.before], run)
    rows[schema.members] = [{"n": n, "matter": m, "run_from": run} for n, m in moved]
    rows[schema.holds] = []
    for matter in sorted(plan.edges.keys() | plan.old_edges.keys()):
        held, before = plan.edges.get(matter, set()), plan.old_edges.get(matter, set())
        _end(connection, schema.holds, ("matter", "left", "right"), [(matter, a, b) for a, b, _ in before - held], run)
        rows[schema.holds] += [
            {"matter": matter, "left": a, "right": b, "score": score, "run_from": run} for a, b, score in held - before
        ]
    for table, values in rows.items():
        for start in range(0, len(values), _AT_ONCE):
            connection.execute(table.insert(), values[start : start + _AT_ONCE])


def _end(connection: Connection, table: Table, columns: tuple[str, ...], keys: list[tuple[int, ...]], run: int) -> None:
    """Let rows that still hold end with this run."""
    if keys:
        query = update(table).where(table.c.run_to.is_(None), *(table.c[c] == bindparam(f"key_{c}") for c in columns))
        connection.execute(
            query.values(run_to=run), [dict(zip([f"key_{c}" for c in columns], key, strict=True)) for key in keys]
        )


def undo(connection: Connection, run: int) -> None:
    """Let what a run began never have held, and what it ended hold again."""
    for table in schema.TEMPORAL:
        connection.execute(update(table).where(table.c.run_to == run, table.c.run_from < run).values(run_to=None))
        connection.execute(update(table).where(table.c.run_from == run).values(run_to=run))
    connection.execute(
        update(schema.runs).where(schema.runs.c.run == run).values(state="undone", undone=f"{now()} {who()}")
    )
