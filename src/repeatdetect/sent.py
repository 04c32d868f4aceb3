"""Tables on their way to another process."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


def packed(part: Any) -> Any:
    """What is pickled in place of `part`, and comes out as it: a table goes as `_Sent`, all else as it is."""
    return _Sent(part) if isinstance(part, pd.DataFrame) else part


@dataclass(frozen=True)
class _Sent:
    """A table that is pickled with each column of strings as one, and unpickled as the table.

    Pickle leaves every string it has met with a second copy in UTF-8 for as long as it lives: of Chinese text half as
    much again as the string itself.
    """

    table: pd.DataFrame

    def __reduce__(self) -> tuple[Callable[..., pd.DataFrame], tuple[dict[str, Any]]]:
        return _received, ({str(name): _joined(column) for name, column in self.table.items()},)


def _joined(column: pd.Series) -> Any:
    cells = column.tolist() if column.dtype == object else []
    if not cells or not all(type(cell) is str for cell in cells):
        return column.array
    return "".join(cells), np.cumsum([0, *map(len, cells)])


def _received(columns: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: _parted(cells) for name, cells in columns.items()}, copy=False)


def _parted(cells: Any) -> Any:
    if not isinstance(cells, tuple):
        return cells
    whole, bounds = cells[0], cells[1].tolist()
    return pd.Series([whole[a:b] for a, b in itertools.pairwise(bounds)], dtype=object)
