"""Find one complaint behind many filings (一件多投, 重复举报).

Importing this package loads nothing heavy; each public name is fetched when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
_HOME = {
    "read_filings": "readers",
    "read_cases": "cases",
    "read_officials": "cases",
    "detect": "detector",
    "Result": "detector",
    "evaluate": "evaluation",
    "Settings": "settings",
    "History": "history",
    "RepeatDetectError": "errors",
}
__all__ = ["__version__", *_HOME]

if TYPE_CHECKING:
    from repeatdetect.cases import read_cases as read_cases
    from repeatdetect.cases import read_officials as read_officials
    from repeatdetect.detector import Result as Result
    from repeatdetect.detector import detect as detect
    from repeatdetect.errors import RepeatDetectError as RepeatDetectError
    from repeatdetect.evaluation import evaluate as evaluate
    from repeatdetect.history import History as History
    from repeatdetect.readers import read_filings as read_filings
    from repeatdetect.settings import Settings as Settings


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"repeatdetect.{_HOME[name]}"), name)
    raise AttributeError(name)
