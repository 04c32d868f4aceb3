"""What is kept of a run for whoever asks later how an answer came about: ``run.json``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from repeatdetect import __version__
from repeatdetect.grounds import questions

if TYPE_CHECKING:
    from repeatdetect.detector import Clock, Result


def describe(result: Result, clock: Clock, capped: dict[str, int], notes: list[str]) -> dict[str, Any]:
    """What `run.json` holds: numbers and names of settings only."""
    status = result.filings["status"].value_counts()
    return {
        "version": __version__,
        "model": result.scorer.digest,
        "settings": {k: v for k, v in dataclasses.asdict(result.settings).items() if k != "own_leaders"},
        "counts": {
            "rows": len(result.filings) + len(result.rejects),
            "filings": len(result.filings),
            "rejects": len(result.rejects),
            "matters": len(result.matters),
            "repeat_matters": int((result.matters["filings"] > 1).sum()),
            **{name: int(status.get(name, 0)) for name in ("single", "first", "repeat", "joint", "review")},
            "review_pairs": len(questions(result.pairs, result.filings)),
        },
        "capped": capped,
        "notes": notes,
        "seconds": clock.seconds,
    }
