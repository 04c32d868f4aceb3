"""A store that another version of the program prepared: told by its stamp, and made anew from the sealed originals.

What is compared of a filing, the index and the remembered pairs hold only together with the code and the model that
made them. The originals, the ids of matters and what people decided hold for ever.
"""

from __future__ import annotations

import hashlib
import json
import re

import numpy as np
from sqlalchemy import Connection, delete

import repeatdetect
from repeatdetect.batch import FEATURES
from repeatdetect.decide import Scorer
from repeatdetect.encoding import READING, SCALARS, TOLD
from repeatdetect.errors import StoreError
from repeatdetect.history import schema, write
from repeatdetect.history.plan import Plan
from repeatdetect.history.records import Records
from repeatdetect.history.vault import Vault

_AT_ONCE = 10_000


def stamp(scorer: Scorer) -> str:
    """What this version of the program leaves in a store it prepared."""
    names = json.dumps([READING, FEATURES, SCALARS, TOLD]).encode()
    return json.dumps(
        {
            "version": repeatdetect.__version__,
            "model": scorer.digest,
            "features": hashlib.blake2b(names, digest_size=6).hexdigest(),
        }
    )


def is_current(connection: Connection, scorer: Scorer) -> bool:
    """Whether this version prepared the store.

    Raises
    ------
    StoreError
        When a newer one did.
    """
    held = schema.get(connection, "prepared")
    made_by = json.loads(held)["version"] if held else ""
    if _ordinal(made_by) > _ordinal(repeatdetect.__version__):
        raise StoreError(
            "E305", "历史库由更新版本的程序整理，本程序不能使用",
            place=f"库 {made_by}，本程序 {repeatdetect.__version__}", hint="请升级 repeatdetect。",
        )  # fmt: skip
    return held == stamp(scorer)


def demand(connection: Connection, scorer: Scorer) -> None:
    """Refuse to read a store that another version prepared.

    Raises
    ------
    StoreError
        Naming the way out.
    """
    if not is_current(connection, scorer):
        raise StoreError(
            "E315", "程序或模型已更新，历史库尚未按新版整理",
            hint="请先运行一次 nightly（导出表可与上次相同）：它会从库中原件重新整理全部信访件，事项编号和人工结论不变。",
        )  # fmt: skip


def apply(connection: Connection, vault: Vault, records: Records, plan: Plan, scorer: Scorer) -> None:
    """Put a plan of `Planner.anew` in the place of what another version had prepared."""
    for table in (schema.pairs, schema.segments, schema.background):
        connection.execute(delete(table))
    features, numbers = schema.features, plan.fresh.tolist()
    place = features.c.sealed
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        connection.execute(delete(features).where(features.c.n.in_(some)))
        blobs = plan.new.take(np.arange(start, start + len(some))).dumps()
        connection.execute(
            features.insert(),
            [{"n": n, "sealed": vault.seal(blob, schema.place(place, n))} for n, blob in zip(some, blobs, strict=True)],
        )
    largest = int(np.bincount(plan.grouping.label).max(initial=0))
    none = dict.fromkeys(("new", "revised", "repeats", "reviews"), 0)
    manifest = {**json.loads(stamp(scorer)), **none, "known": len(numbers), "largest": largest}
    write.apply(connection, vault, records, plan, "prepare", manifest, [])
    schema.put(connection, "prepared", stamp(scorer))


def _ordinal(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
