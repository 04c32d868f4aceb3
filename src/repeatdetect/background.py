"""What many filings tell together that no matter tells alone: which township a village lies in, what a village used to
be called, who stands accused anywhere. Learned from an export, or kept from night to night by the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from repeatdetect import facts, places, pooled
from repeatdetect.pooled import Cells


@dataclass
class Background:
    """Sums over filings; two of them can be added.

    Attributes
    ----------
    villages : Counter of (village, township)
        How often they were told together, fields counting three times; '' for a village told alone.
    renamed : dict
        Pairs (old, new) that texts call one village, in order.
    accused : set of str
        Names that stand in a 被反映人 field.
    """

    villages: Counter[tuple[str, str]] = field(default_factory=Counter)
    renamed: dict[tuple[str, str], None] = field(default_factory=dict)
    accused: set[str] = field(default_factory=set)

    @staticmethod
    def of(cells: Cells) -> Background:
        """From some filings."""
        out = Background()
        for village, town in zip(cells.told["village"], cells.told["town"], strict=True):
            if village:
                out.villages[village, town] += 1
        for weight, column in ((3, "place"), (1, "address")):
            for cell in filter(None, cells.of[column]):
                town, village, _ = facts.place_of(cell)
                if village and town:
                    out.villages[village, town] += weight
        for column in ("title", "text"):
            out.renamed |= dict.fromkeys(pair for text in cells.of[column] for pair in places.renamings(text))
        out.accused = {name for cell in set(cells.of["accused"]) if cell for name in pooled.field_names(cell)}
        return out

    def add(self, other: Background) -> None:
        """Add what other filings tell."""
        self.villages.update(other.villages)
        self.renamed |= other.renamed
        self.accused |= other.accused

    def gazetteer(
        self, towns: Iterable[str], ledger_places: Iterable[str], aliases: dict[str, str]
    ) -> places.Gazetteer:
        """What is known of places, with the rows of the officials' table, the ledger's places and the office's own aliases."""
        known = places.Gazetteer(tuple(dict.fromkeys(filter(None, towns))))
        for (village, town), weight in self.villages.items():
            known.learn(village, town, weight)
        for cell in filter(None, ledger_places):
            town, village, _ = facts.place_of(cell)
            known.learn(village, town, 3)
        for old, new in aliases.items():
            known.rename(old, new)
        known.rename_told(self.renamed, {village for village, _ in self.villages})
        return known

    def to_json(self) -> dict[str, Any]:
        """As plain lists."""
        return {
            "villages": [[*key, weight] for key, weight in self.villages.items()],
            "renamed": [list(pair) for pair in self.renamed],
            "accused": sorted(self.accused),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Background:
        """From what `to_json` gave."""
        return Background(
            Counter({(village, town): weight for village, town, weight in data["villages"]}),
            dict.fromkeys((old, new) for old, new in data["renamed"]),
            set(data["accused"]),
        )
