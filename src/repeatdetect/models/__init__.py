"""Shipped models as data: ``scorer.json``, frozen IDFs, what words mean, what names look like; see ``models/``."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt


def arrays(name: str) -> dict[str, npt.NDArray[Any]]:
    """All arrays of a shipped table; plain ones, nothing is unpickled."""
    with files(__package__).joinpath(name).open("rb") as stream, np.load(stream, allow_pickle=False) as data:
        return dict(data)
