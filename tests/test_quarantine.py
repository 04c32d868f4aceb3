"""Quarantine: cadres above the office are set apart, a letter that merely addresses one is not."""

from __future__ import annotations

import pandas as pd
import pytest

from repeatdetect.filings import canonical
from repeatdetect.quarantine import quarantine
from repeatdetect.settings import Settings


@pytest.mark.parametrize(
    "text", ["尊敬的童县长：我家门前的路灯坏了三个月。", "打过12345市长热线投诉，没有结果，望市长关心。"]
)
def test_an_addressee_is_not_accused(text: str) -> None:
    kept, rejects = quarantine(canonical(pd.DataFrame({"filing_id": ["A"], "text": [text]})), Settings())
    assert len(kept) == 1
    assert rejects == []


def test_an_accused_above_the_office_is_set_apart_without_content() -> None:
    table = pd.DataFrame({"filing_id": ["A"], "accused": ["童某"], "post": ["副县长"], "text": ["收受红包。"]})
    kept, rejects = quarantine(canonical(table), Settings())
    assert len(kept) == 0
    assert rejects[0]["filing_id"] == "A"
    assert "红包" not in str(rejects)
