"""Sentence banks: templates read once, rendered fast."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

_HERE = Path(__file__).parent
_TOKEN = re.compile(r"\(([^()]*)\)|\{(\w)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with (one|another) wording and {slots}; `parts` are literals, tuples of choices and slot names."""

    parts: tuple[tuple[int, Any], ...]
    slots: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Template:
        parts: list[tuple[int, Any]] = []
        end = 0
        for found in _TOKEN.finditer(text):
            if found.start() > end:
                parts.append((0, text[end : found.start()]))
            if found[2]:
                parts.append((1, found[2]))
            else:
                parts.append((2, tuple(found[1].split("|"))))
            end = found.end()
        if end < len(text):
            parts.append((0, text[end:]))
        return cls(tuple(parts), frozenset(value for kind, value in parts if kind == 1))

    def render(self, values: Mapping[str, str], random: Random) -> str:
        """The sentence with its slots filled and one wording of each choice taken."""
        draw = random.random
        return "".join(
            [
                value if kind == 0 else values[value] if kind == 1 else value[int(draw() * len(value))]
                for kind, value in self.parts
            ]
        )


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: how it is called, where it happens, and the facts that can be told of it, each in several ways."""

    name: str
    category: tuple[str, ...]
    where: str
    posts: str
    what: tuple[str, ...]
    facts: tuple[tuple[Template, ...], ...]


def issues() -> tuple[Issue, ...]:
    """All issues of issues.toml, in the order of the file; each ends with the facts that any issue may have."""
    table = tomllib.loads((_HERE / "issues.toml").read_text("utf-8"))["issue"]
    details = _phrases()["detail"]
    return tuple(
        Issue(
            row["name"],
            tuple(row["category"]),
            row["where"],
            row.get("posts", "village"),
            tuple(row["what"]),
            tuple(tuple(Template.parse(way) for way in fact) for fact in [*row["facts"], *details]),
        )
        for row in table
    )


def phrases() -> dict[str, tuple[Template, ...]]:
    """The lists of phrases.toml."""
    return {
        name: tuple(Template.parse(line) for line in lines) for name, lines in _phrases().items() if name != "detail"
    }


def _phrases() -> dict[str, Any]:
    return tomllib.loads((_HERE / "phrases.toml").read_text("utf-8"))
