"""Errors a person can act on: a code, what is wrong, where, and what to do."""

from __future__ import annotations

import copyreg
import re
from typing import Any

_BROKEN = re.compile("[\ud800-\udfff]")  # bytes of a file name that are no UTF-8


def shown(name: object) -> str:
    """The name of a file as it may be printed and stored: bytes that are no UTF-8 become �."""
    return _BROKEN.sub("\ufffd", str(name))


class RepeatDetectError(Exception):
    """Base of all errors this library raises on purpose.

    Parameters
    ----------
    code : str
        ``E1xx`` reading, ``E2xx`` arguments, settings and decisions, ``E3xx`` store, ``E4xx`` output.
    message : str
        What is wrong, in Chinese, without any content of a filing.
    place : str
        File, sheet, row or column it concerns.
    hint : str
        What to do, in Chinese.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, *, place: str = "", hint: str = "") -> None:
        self.code, self.message, self.place, self.hint = code, shown(message), shown(place), shown(hint)
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self),), vars(self)  # type: ignore[attr-defined]

    def __str__(self) -> str:
        where = f"（位置：{self.place}）" if self.place else ""
        return f"[{self.code}] {self.message}{where}。{self.hint}"


class InputError(RepeatDetectError):
    """Unusable input or arguments."""

    exit_code = 2


class StoreError(RepeatDetectError):
    """The history store or its key cannot be used."""

    exit_code = 3
