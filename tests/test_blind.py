"""The whole answer on counties the scorer never saw: what the project promises holds on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.county import measure

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks" / "blind"


@pytest.mark.parametrize("name", ["hengyuan", "puchuan", "yanxi"])
def test_an_unseen_county(name: str) -> None:
    found = measure(FOLDER / name)
    assert found["f1"] >= 0.92
    assert found["precision"] >= 0.94
    assert str(found["circulated letters joined"]).startswith("0 of")
    assert found["status right"] >= 0.82
    by_gold = found["grouped as in gold"]
    assert by_gold["new passages shown"] >= 0.85
    assert by_gold["repeated passages shown"] <= 0.15
    shown, copies = map(int, str(by_gold["copies without new content"]).split("/"))
    assert shown >= 0.95 * copies
