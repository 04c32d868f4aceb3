"""A store of another version: said clearly, made anew by the next night, ids and people's words kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

import repeatdetect as rd
from repeatdetect.batch import FEATURES
from repeatdetect.decide import Scorer
from repeatdetect.decisions import Decision
from repeatdetect.encoding import READING, SCALARS
from repeatdetect.errors import InputError, StoreError
from repeatdetect.history import renew, schema
from repeatdetect.history.connect import committing, engine_of, reading


def older(url: str) -> None:
    """Make a store what an older version left: other features, other scores, no index that could be used."""
    with committing(engine_of(url)) as connection:
        for name in schema.metadata.tables:
            for (index,) in [(i.name,) for i in schema.metadata.tables[name].indexes if str(i.name).endswith("_ended")]:
                connection.execute(text(f"DROP INDEX {index}"))
        schema.put(connection, "schema", "1")
        schema.put(connection, "prepared", json.dumps({"version": "0.0.9", "model": "-", "features": "-"}))
        connection.execute(schema.features.update().values(sealed=b"as it was"))
        connection.execute(schema.segments.update().values(sealed=b"as it was"))
        connection.execute(schema.background.update().values(sealed=b"as it was"))
        connection.execute(schema.pairs.update().values(score=-3.0))


def test_the_next_night_makes_it_anew(history: rd.History, year: pd.DataFrame, tmp_path: Path) -> None:
    key = tmp_path / "office.key"
    told = history.add(year.head(50)).filings
    history.add(year.iloc[50:70])
    history.add(year[year["filing_id"] == year["filing_id"].iloc[3]].assign(handling_status="已补正"))
    alone = told["filing_id"][told["status"] == "single"].tolist()
    history.decide([Decision.now(alone[0], alone[1], "same", "柴守田", "经核实是一件事")])
    before, decisions = history.export(), history.decisions()
    history.close()
    older(history.name)

    store = rd.History.open(history.name, key)
    refused: list[Callable[[], object]] = [lambda: store.check(year.head(1)), store.export]
    for ask in refused:
        with pytest.raises(StoreError, match="nightly") as error:
            ask()
        assert error.value.code == "E315"
    tonight = store.add(year.iloc[70:80])
    assert "重新整理" in tonight.warnings[0]
    assert store.runs()["kind"].tolist()[:2] == ["add", "prepare"]
    store.undo(6)
    with pytest.raises(InputError, match="不能撤销"):
        store.undo(5)
    after = store.export()
    for name in ("filings", "matters", "pairs"):
        pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name))
    pd.testing.assert_frame_equal(store.decisions(), decisions)
    assert store.add(year.iloc[70:80]).warnings == []
    with reading(engine_of(history.name)) as connection:
        assert schema.get(connection, "schema") == str(schema.VERSION)


def test_the_same_export_again_is_enough(history: rd.History, year: pd.DataFrame, tmp_path: Path) -> None:
    history.add(year.head(30))
    before = history.export().filings
    older(history.name)
    store = rd.History.open(history.name, tmp_path / "office.key")
    again = store.add(year.head(30))
    assert again.unchanged
    assert again.warnings
    pd.testing.assert_frame_equal(store.export().filings, before)


def test_features_that_are_read_otherwise_are_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer.load()
    before = renew.stamp(scorer)
    monkeypatch.setattr("repeatdetect.history.renew.READING", READING + 1)
    assert renew.stamp(scorer) != before


#: what `READING` makes of the example; with another digest, raise `READING`
READ = (1, "9ea7b7e09a50627c")


def test_a_filing_gives_the_features_of_this_reading(anlan_result: rd.Result) -> None:
    """Stores are made anew when the stamp says so; who changes what is read must not forget to say it."""
    corpus = anlan_result.corpus
    digest = sha256()
    for name in FEATURES:
        part = corpus.features[name]
        digest.update(part.lengths.astype(np.int64).tobytes() + part.ids.tobytes())
    for name in SCALARS:
        digest.update(np.asarray(corpus.scalars[name], np.float64).tobytes())
    digest.update(json.dumps(corpus.told, ensure_ascii=False, sort_keys=True).encode())
    assert (READING, digest.hexdigest()[:16]) == READ


def test_a_newer_version_made_it(history: rd.History, year: pd.DataFrame) -> None:
    with committing(engine_of(history.name)) as connection:
        schema.put(connection, "prepared", json.dumps({"version": "99.0", "model": "-", "features": "-"}))
    for ask in (history.add, history.check):
        with pytest.raises(StoreError, match="升级"):
            ask(year.head(1))
