"""The history store as other systems and the command line use it."""

from __future__ import annotations

import base64
import functools
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
from sqlalchemy import Connection, Engine, select

from repeatdetect import filings as canonical_table
from repeatdetect import handed, ledger
from repeatdetect import quarantine as quarantine_stage
from repeatdetect.audit import now, who
from repeatdetect.corpus import Progress
from repeatdetect.decide import Scorer
from repeatdetect.decisions import COLUMNS, Decision
from repeatdetect.decisions import said as spoken
from repeatdetect.detector import Clock, Result
from repeatdetect.errors import InputError
from repeatdetect.history import drift, opening, renew, schema, write
from repeatdetect.history import rekey as rekeying
from repeatdetect.history.answer import Tonight, answered, last_night
from repeatdetect.history.connect import committing, only_writer, place, reading
from repeatdetect.history.export import everything
from repeatdetect.history.index import SegmentIndex
from repeatdetect.history.memory import Memory
from repeatdetect.history.opening import create, named_key, opened
from repeatdetect.history.plan import LOOKED_AT_WHOLE, Plan, Planner, counting
from repeatdetect.history.records import Records
from repeatdetect.history.state import State
from repeatdetect.history.vault import Vault
from repeatdetect.manifest import describe
from repeatdetect.privacy import HIDDEN
from repeatdetect.settings import Settings

WAIT = 60.0  # seconds a run waits for another before it says who holds the store


M = TypeVar("M", bound=Callable[..., Any])


def _alone(method: M) -> M:
    """One call at a time, from whatever thread."""

    @functools.wraps(method)
    def called(self: History, *args: Any, **kwargs: Any) -> Any:
        with self._lock:
            return method(self, *args, **kwargs)

    return cast(M, called)


class History:
    """Every filing the office ever had, and the matters they make up; see `open` and `init`.

    Filings are added night by night, matters keep their ids, and what people decided stands. The answers are those of
    `detect` on everything at once (of more than 5,000 filings nearly). It is a `repeatdetect.decisions.Keeper`, too.
    """

    def __init__(self, engine: Engine, vault: Vault, settings: Settings | None = None) -> None:
        self._engine, self._vault, self._settings = engine, vault, settings or Settings()
        self._lock = threading.RLock()  # what is kept between questions is everybody's who shares this object
        self._index, self._memory = SegmentIndex(vault), Memory(vault)
        self._scorer = Scorer.load()

    @staticmethod
    def init(url: str, key: str | Path | None) -> History:
        """Make a store, and its key file when there is none; an existing store is opened and left as it is.

        Parameters
        ----------
        url : str
            ``sqlite:///file.db`` or ``postgresql+psycopg://user@host/name``.
        key : path
            Key file. Without it nothing in the store can ever be read again: keep a copy elsewhere.

        Raises
        ------
        StoreError
            When there is a store already and the key file is missing: a new key would open nothing.
        """
        create(url, named_key(key), WAIT)
        return History.open(url, key)

    @staticmethod
    def open(url: str, key: str | Path | None, settings: Settings | None = None) -> History:
        """Open a store.

        Parameters
        ----------
        url : str
        key : path
            Key file.
        settings : Settings, optional
            Those of calls that give none.

        Raises
        ------
        StoreError
            When there is no store, the key file is missing, or it is not the key of this store.
        """
        engine, vault = opened(url, named_key(key), WAIT)
        return History(engine, vault, settings)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @property
    def name(self) -> str:
        """What people call it: its address without a password."""
        return place(self._engine.url)

    @_alone
    def add(
        self, filings: pd.DataFrame, cases: pd.DataFrame | None = None, officials: pd.DataFrame | None = None,
        settings: Settings | None = None, progress: Progress | None = None,
        first: Callable[[Tonight], None] | None = None,
    ) -> Tonight:  # fmt: skip
        """Add filings in one transaction; those the store holds as they are change nothing.

        Parameters
        ----------
        filings : DataFrame
            From `read_filings`, or any table with canonical columns. An id the store knows with other content is a
            correction: it is kept as a revision and stays in its matter's place.
        cases, officials : DataFrame, optional
        settings : Settings, optional
        progress : callable, optional
        first : callable, optional
            What is done with the answer before anything is stored; when it fails, nothing is.

        Returns
        -------
        Tonight
            One row a filing in input order, and the matters they touch.
        """
        with only_writer(self._engine, WAIT):
            renewed = self._renew(settings, progress)
            records, plan, tonight = self._asked(filings, cases, officials, settings, progress)
            tonight.warnings += renewed
            if tonight.unchanged:
                with reading(self._engine) as connection:
                    tonight.again = last_night(connection, tonight, dict(zip(plan.ids, plan.numbers, strict=True)))
                tonight.run["warnings"] = tonight.all_warnings
            else:
                tonight.number = tonight.run["run"] = plan.run
            if first:
                first(tonight)
            if not tonight.unchanged:
                self._commit("add", records, plan, tonight, [])
        self._audit("add", "每日判重", len(tonight.shown.filings))
        return tonight

    @_alone
    def check(
        self, filings: pd.DataFrame, cases: pd.DataFrame | None = None, officials: pd.DataFrame | None = None,
        settings: Settings | None = None, progress: Progress | None = None,
    ) -> Tonight:  # fmt: skip
        """What `add` would answer, without writing anything but the audit line."""
        tonight = self._asked(filings, cases, officials, settings, progress)[2]
        self._audit("check", "查重", len(tonight.shown.filings))
        return tonight

    @_alone
    def export(
        self, cases: pd.DataFrame | None = None, officials: pd.DataFrame | None = None,
        settings: Settings | None = None, progress: Progress | None = None,
    ) -> Result:  # fmt: skip
        """Everything the store holds, as `detect` would answer; filings by date, then id."""
        handed.check(_nothing(), cases, officials, settings=settings)
        cases, officials = handed.linked(cases, officials)
        settings, clock = settings or self._settings, Clock(progress)
        with reading(self._engine) as connection:
            self._demand(connection)
            renew.demand(connection, self._scorer)
            records, state = Records(connection, self._vault), State(connection, self._vault)
            pool = functools.partial(self._index.pool, connection, records, settings.processes)
            result = everything(records, state, self._scorer, settings, cases, officials, clock, pool)
        self._audit("export", "导出", len(result.filings))
        return result

    def runs(self) -> pd.DataFrame:
        """All runs, the last first: ``run, kind, state, at, who, undone`` and the figures of each manifest."""
        table = schema.runs
        with reading(self._engine) as connection:
            rows = connection.execute(select(table).order_by(table.c.run.desc())).mappings().all()
        out = []
        for row in rows:
            manifest = json.loads(row["manifest"])
            plain = {name: row[name] for name in ("run", "kind", "state", "at", "who")}
            out.append({**plain, "undone": row["undone"] or "", **{k: manifest.get(k) for k in drift.FIGURES}})
        return pd.DataFrame(out, columns=["run", "kind", "state", "at", "who", "undone", *drift.FIGURES])

    @_alone
    def undo(self, run: int) -> None:
        """Put the store back as it was before its last run.

        Raises
        ------
        InputError
            When that is not the last run that still counts, or it prepared the store anew.
        """
        with only_writer(self._engine, WAIT), committing(self._engine) as connection:
            table = schema.runs
            query = select(table.c.run).where(table.c.state == "done").order_by(table.c.run.desc()).limit(1)
            last = connection.scalar(query)
            if last != run:
                known = f"最近一次是第 {last} 次" if last is not None else "库中没有可撤销的运行"
                raise InputError("E314", f"只能撤销最近一次运行，{known}", place=str(run), hint="请用 runs 查看。")
            if connection.scalar(select(table.c.kind).where(table.c.run == run)) == "prepare":
                raise InputError(
                    "E316", "这次运行是程序更新后的重新整理，不能撤销", place=str(run),
                    hint="撤销会使库中数据与程序不一致；如需回到旧版，请恢复更新前的备份。",
                )  # fmt: skip
            write.undo(connection, run)

    @_alone
    def rekey(self, key: str | Path | None) -> Path:
        """Seal and hash everything anew under a new key, which takes the key file's place.

        Parameters
        ----------
        key : path
            The key file of this store.

        Returns
        -------
        Path
            Where the old key is kept: backups made before need it.
        """
        path = named_key(key)
        with only_writer(self._engine, WAIT):
            with committing(self._engine) as connection:
                self._demand(connection)
                salt, proof = (
                    base64.b64decode(schema.get(connection, "salt") or ""),
                    schema.get(connection, "proof") or "",
                )
                rekeying.key_of(path, salt, proof)  # the file given is this store's
                count = Records(connection, self._vault).count()
                self._vault = rekeying.reseal(connection, self._vault, path)
            self._index, self._memory = SegmentIndex(self._vault), Memory(self._vault)
            kept = rekeying.finish(self._engine, path)
        self._audit("rekey", "更换密钥", count)
        return kept

    @_alone
    def decisions(self) -> pd.DataFrame:
        """Decisions of people that count, as `repeatdetect.decisions.read_decisions` gives them."""
        with reading(self._engine) as connection:
            self._demand(connection)
            out = counting(State(connection, self._vault).decisions())
        self._audit("decisions", "查看人工结论", len(out))
        return out

    @_alone
    def decide(self, decisions: Iterable[Decision], settings: Settings | None = None) -> None:
        """Keep decisions of people and let them change the matters they speak of; a run of its own.

        Raises
        ------
        InputError
            When a word is not understood, a filing is not in the store, or they contradict what was decided before.
        """
        given = list(decisions)
        if not all(isinstance(one, Decision) for one in given):
            raise InputError("E112", "给出的不是 Decision", place="decisions", hint="请给出 Decision(…) 的列表。")
        table = pd.DataFrame(map(asdict, given), columns=list(COLUMNS))
        table["decision"] = table["decision"].replace("", "?")  # in a file a pair without a word waits for one
        said = [asdict(Decision(*row)) for row in spoken(table, "decisions")[list(COLUMNS)].itertuples(index=False)]
        if not said:
            return  # a run that changes nothing would keep the one before from being undone
        with only_writer(self._engine, WAIT):
            self._renew(settings, None)
            records, plan, tonight = self._asked(_nothing(), None, None, settings, None, said)
            self._commit("decide", records, plan, tonight, said)
        self._audit("decide", "记人工结论", len(tonight.shown.filings))

    def _renew(self, settings: Settings | None, progress: Progress | None) -> list[str]:
        """Prepare everything anew when another version of the program had prepared it; what is to be said of it."""
        with reading(self._engine) as connection:
            self._demand(connection)
            if renew.is_current(connection, self._scorer):
                return []
            records, state = Records(connection, self._vault), State(connection, self._vault)
            planner = Planner(connection, records, state, self._index, self._scorer, settings or self._settings)
            plan = planner.anew(counting(state.decisions()), Clock(progress))
        with committing(self._engine) as connection:
            renew.apply(connection, self._vault, records, plan, self._scorer)
        self._index, self._memory = SegmentIndex(self._vault), Memory(self._vault)
        self._audit("prepare", "按新版整理", len(plan.new))
        kinds = [event.kind for event in plan.settled.events]
        return [
            f"程序或模型已更新，已从原件重新整理库中 {len(plan.new)} 件（第 {plan.run} 次运行）："
            f"事项合并 {kinds.count('merged')}，拆分 {kinds.count('split')}，来件调整 {kinds.count('moved')}，请核查。"
        ]

    def _asked(
        self, filings: pd.DataFrame, cases: pd.DataFrame | None, officials: pd.DataFrame | None,
        settings: Settings | None, progress: Progress | None, said: list[dict[str, Any]] | None = None,
    ) -> tuple[Records, Plan, Tonight]:  # fmt: skip
        handed.check(filings, cases, officials, settings=settings)
        cases, officials = handed.linked(cases, officials)
        settings, clock = settings or self._settings, Clock(progress)
        table, rejected = quarantine_stage.quarantine(canonical_table.canonical(filings), settings)
        rejects = pd.DataFrame([*table.attrs.get("rejects", []), *rejected], columns=list(quarantine_stage.REJECTS))
        with reading(self._engine) as connection:
            self._demand(connection)
            renew.demand(connection, self._scorer)
            records, state = Records(connection, self._vault), State(connection, self._vault)
            table = records.named(table)
            planner = Planner(connection, records, state, self._index, self._scorer, settings)
            before = state.decisions()
            told = before
            if said:
                told = pd.concat(
                    [
                        before,
                        pd.DataFrame(said).assign(row=range(state.next_decision(), state.next_decision() + len(said))),
                    ]
                )
            spoken_of = {one[side] for one in said or () for side in ("left_id", "right_id")}
            linked = cases is not None or officials is not None
            plan = planner.plan(table, counting(told), spoken_of, clock, linked=linked)
            if absent := sorted(spoken_of - records.numbers(spoken_of).keys()):
                raise InputError(
                    "E130",
                    "历史库中没有这个编号的信访件",
                    place="、".join(absent[:5]),
                    hint="请核对编号；入库后再记结论。",
                )
            touched = {m for e in plan.settled.events for m in (e.matter, e.other) if m is not None}
            names = state.names({*plan.matter.tolist(), *touched}) | plan.settled.born
            tonight = answered(
                plan, records, table["filing_id"].tolist(), rejects, names, self._scorer, settings, cases, officials,
                clock, None if linked and records.count() <= LOOKED_AT_WHOLE else self._memory.background(connection, plan.new),
            )  # fmt: skip
            notes = [*table.attrs.get("notes", []), *ledger.notes(cases, officials)]
            tonight.everyone = self._everyone
            tonight.run = describe(tonight, clock, plan.capped, notes)
            tonight.shown.run = describe(tonight.shown, clock, plan.capped, [])
            tonight.run["store"] = drift.figures(tonight, state.largest())
            before_it = drift.last_runs(connection)
            tonight.held_back = sorted(records.numbers([str(one["filing_id"]) for one in rejected]))
            tonight.warnings = tonight.run["warnings"] = [
                *drift.held_back(tonight.held_back),
                *drift.warnings(before_it, tonight.run["store"]),
            ]
        return records, plan, tonight

    def _demand(self, connection: Connection) -> None:
        """Refuse to go on under a key that another process, or another object of this one, has changed, or by a slow clock."""
        opening.demand(connection, self._vault, self.name)

    def _everyone(self) -> pd.DataFrame:
        """Who filed what the store holds."""
        with reading(self._engine) as connection:
            records = Records(connection, self._vault)
            return records.table(records.all(), HIDDEN)

    def _commit(self, kind: str, records: Records, plan: Plan, tonight: Tonight, said: list[dict[str, Any]]) -> None:
        with committing(self._engine) as connection:
            self._demand(connection)
            sealed = schema.decisions.c.sealed
            rows = [
                {"id": n, "sealed": self._vault.seal(json.dumps(one).encode(), schema.place(sealed, n))}
                for n, one in enumerate(said, start=State(connection, self._vault).next_decision())
            ]
            # the store keeps ids sealed, so what it keeps of a warning only counts them
            counted = dict(
                zip(*(drift.held_back(tonight.held_back, named=named) for named in (True, False)), strict=True)
            )
            manifest = {
                **tonight.run["store"],
                **{k: tonight.run[k] for k in ("version", "model", "settings", "counts")},
                "warnings": [counted.get(warning, warning) for warning in tonight.run["warnings"]],
            }
            write.apply(connection, self._vault, records, plan, kind, manifest, rows)

    def _audit(self, command: str, purpose: str, filings: int) -> None:
        row = {"at": now(), "who": who(), "command": command, "purpose": purpose, "filings": filings}
        with committing(self._engine) as connection:
            connection.execute(schema.audit.insert(), [row])


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"filing_id": [], "text": []}, dtype=object)
