"""Masking of identities for pages and lists that more people see than the office."""

from __future__ import annotations

import re

_ID = re.compile(r"(?<!\d)(\d{6})\d{8,11}([\dXx])(?!\d)")
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


def mask_name(name: str) -> str:
    """柴守田 becomes 柴**; of several names each."""
    return re.sub(r"([^、,，;；\s])([^、,，;；\s]+)", lambda m: m.group(1) + "*" * len(m.group(2)), name)


def mask_number(number: str) -> str:
    """13800412735 becomes 138****2735; an ID number keeps its first six and last digit."""
    return _PHONE.sub(r"\1****\2", _ID.sub(lambda m: m.group(1) + "*" * 11 + m.group(2), number))


def mask_text(value: str, names: tuple[str, ...] = ()) -> str:
    """Mask numbers and the given petitioner names wherever they stand in a text."""
    out = mask_number(value)
    for name in names:
        if len(name) > 1:
            out = out.replace(name, mask_name(name))
    return out
