"""What filings tell together survives being kept and being added up."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from repeatdetect.background import Background

NAMES = st.sampled_from(["双河村", "柳树湾村", "石桥镇", "兴隆乡", "韦春来", ""])
TOLD = st.builds(
    Background,
    st.dictionaries(st.tuples(NAMES, NAMES), st.integers(1, 9), max_size=6).map(Counter),
    st.dictionaries(st.tuples(NAMES, NAMES), st.none(), max_size=4),
    st.sets(NAMES, max_size=4),
    st.sets(st.tuples(NAMES, NAMES), max_size=4),
)


@given(TOLD, TOLD)
def test_kept_and_added(one: Background, other: Background) -> None:
    assert Background.from_json(json.loads(json.dumps(one.to_json()))) == one
    both, back = Background(), Background()
    for part in (one, other):
        both.add(part)
    for part in (other, one):
        back.add(part)
    assert both == back
    assert both.villages.total() == one.villages.total() + other.villages.total()


def test_what_older_runs_kept_has_no_leaders() -> None:
    kept = Background(accused={"韦春来"}).to_json()
    del kept["leaders"]
    assert Background.from_json(kept) == Background(accused={"韦春来"})
