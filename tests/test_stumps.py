"""What training writes down says what the trees say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from models import stumps
from sklearn.ensemble import HistGradientBoostingClassifier

from repeatdetect.compare import EVIDENCE
from repeatdetect.decide import Scorer
from repeatdetect.ragged import Doubles

N = 3000


class Taught:
    """A scorer of invented pairs: who and what must agree, and where nobody is known, the object."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        random = np.random.default_rng(5)
        self.evidence = pd.DataFrame({name: random.integers(0, 50, N) / 50 for name in EVIDENCE})
        self.evidence["who"] = random.choice([-1.0, -0.5, 0.5, 0.75, 1.0, np.nan], N)
        self.evidence["conflict"] = random.choice([0.0, 1.0], N)
        self.evidence["template"] = 0.0
        for name in ("object", "issue", "village", "petitioner", "title_in"):
            self.evidence.loc[random.random(N) < 0.3, name] = np.nan
        who, issue, thing = (self.evidence[name].fillna(0) for name in ("who", "issue", "object"))
        joined = np.where(self.evidence["who"].isna(), thing > 0.5, (who > 0) & (issue > 0.5))
        self.same = joined ^ (random.random(N) < 0.05)
        models: list[HistGradientBoostingClassifier] = []

        def kept(**settings: Any) -> HistGradientBoostingClassifier:
            models.append(HistGradientBoostingClassifier(**settings))
            return models[-1]

        monkeypatch.setattr(stumps, "HistGradientBoostingClassifier", kept)
        self.scorer: Scorer = stumps.fit(self.evidence, self.same, np.ones(N))
        self.model = models[0]

    def by_trees(self) -> Doubles:
        columns = [self.evidence[name].to_numpy(float) for name in EVIDENCE]
        out: Doubles = self.model.decision_function(np.column_stack(columns))
        return out


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> Taught:
    return Taught(monkeypatch)


def test_tables_say_what_the_trees_say_but_for_the_rules(taught: Taught) -> None:
    other = taught.evidence["who"].to_numpy() <= -0.8
    assert other.any()
    expected = taught.by_trees() + np.where(other, stumps.ANOTHER, 0.0)
    assert np.allclose(taught.scorer.score(taught.evidence), expected, atol=1e-9)


def test_a_column_counts_only_the_way_it_may(taught: Taught) -> None:
    for name, shape in taught.scorer.shapes.items():
        assert np.isfinite(shape.cuts).all()
        if EVIDENCE[name] and name != "who":
            assert (EVIDENCE[name] * np.diff(shape.scores) >= -1e-9).all(), name
    score = pd.Series(taught.scorer.score(taught.evidence))
    who, issue = taught.evidence["who"], taught.evidence["issue"]
    assert (
        score[(who > 0) & (issue > 0.5)].median() > score[(who > 0) & (issue < 0.5)].median() > score[who < 0].median()
    )
