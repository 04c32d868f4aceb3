"""What many filings tell together that no matter tells alone: which township a village lies in, what a village used to
be called, who stands accused anywhere, who of them leads a township. Learned from an export, or kept from night to night by the history."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from repeatdetect import places, pooled
from repeatdetect.addresses import place_of
from repeatdetect.filed import Filed, Scene
from repeatdetect.pooled import Cells
from repeatdetect.recusal import member_in_fields

_LEADER = (
    r"(?:(?:常务)?副?[镇乡]长|(?:党委|党工委)?副?书记|纪工?委书记|人大(?:主席团)?副?主席|(?:党委|党工委|组织|宣传|统战|政法|纪检)委员|"
    r"武装部部?长|(?<=街道)副?主任|(?<=办事处)副?主任)"
)
_POST = re.compile(rf"(?:党委|党工委|人民政府|政府|办事处|人大)?的?{_LEADER}")  # after the name of a township
_ONCE = ("原", "前", "曾任", "曾是", "时是")  # before it: no longer


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
    leaders : set of (name, township)
        Accused persons whom cells or a text call a member of the township's leading group.
    """

    villages: Counter[tuple[str, str]] = field(default_factory=Counter)
    renamed: dict[tuple[str, str], None] = field(default_factory=dict)
    accused: set[str] = field(default_factory=set)
    leaders: set[tuple[str, str]] = field(default_factory=set)

    @staticmethod
    def of(cells: Cells) -> Background:
        """From some filings."""
        out = Background()
        for village, town in zip(cells.told["village"], cells.told["town"], strict=True):
            if village:
                out.villages[village, town] += 1
        for weight, column in ((3, "place"), (1, "address")):
            for cell in filter(None, cells.of[column]):
                town, village, _ = place_of(cell)
                if village and town:
                    out.villages[village, town] += weight
        for column in ("title", "text"):
            out.renamed |= dict.fromkeys(pair for text in cells.of[column] for pair in places.renamings(text))
        out.accused = {name for cell in set(cells.of["accused"]) if cell for name in pooled.field_names(cell)}
        out.leaders = set(_leaders(cells))
        return out

    def add(self, other: Background) -> None:
        """Add what other filings tell."""
        self.villages.update(other.villages)
        self.renamed |= other.renamed
        self.accused |= other.accused
        self.leaders |= other.leaders

    def gazetteer(
        self, towns: Iterable[str], ledger_places: Iterable[str], aliases: dict[str, str]
    ) -> places.Gazetteer:
        """What is known of places, with the rows of the officials' table, the ledger's places and the office's own aliases."""
        known = places.Gazetteer(tuple(dict.fromkeys(filter(None, towns))))
        for (village, town), weight in self.villages.items():
            known.learn(village, town, weight)
        for cell in filter(None, ledger_places):
            town, village, _ = place_of(cell)
            known.learn(village, town, 3)
        for old, new in aliases.items():
            known.rename(old, new)
        known.rename_told(self.renamed, {village for village, _ in self.villages})
        return known

    def leading(self, known: places.Gazetteer) -> dict[str, set[str]]:
        """Row of the officials' table -> names told to be of its leading group."""
        out: dict[str, set[str]] = {}
        for name, town in self.leaders:
            if row := known.row(town):
                out.setdefault(row, set()).add(name)
        return out

    def to_json(self) -> dict[str, Any]:
        """As plain lists."""
        return {
            "villages": [[*key, weight] for key, weight in self.villages.items()],
            "renamed": [list(pair) for pair in self.renamed],
            "accused": sorted(self.accused),
            "leaders": [list(one) for one in sorted(self.leaders)],
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Background:
        """From what `to_json` gave."""
        return Background(
            Counter({(village, town): weight for village, town, weight in data["villages"]}),
            dict.fromkeys((old, new) for old, new in data["renamed"]),
            set(data["accused"]),
            {(name, town) for name, town in data.get("leaders", ())},  # not in what older runs kept
        )


def _leaders(cells: Cells) -> Iterator[tuple[str, str]]:
    """Each accused person told to be of a township's leading group, by the cells or in one breath by a text."""
    of = cells.of
    columns = (of[name] for name in ("accused", "unit", "post", "rank", "place"))
    for accused, unit, post, rank, place in set(zip(*columns, strict=True)):
        if not accused or not (post or rank):
            continue
        town = place_of(unit)[0] or place_of(place)[0]
        names = pooled.full_names(accused)
        if town and len(names) == 1:
            filed = Filed.of(accused, unit, post, rank, place, "", "", "")
            if member_in_fields(filed, Scene(town, (), frozenset(), below=False)):
                yield names[0], town
    for accused, town, title, body in zip(of["accused"], cells.told["town"], of["title"], of["text"], strict=True):
        for name in pooled.full_names(accused) if accused and town else ():
            if any(name in told and _leads(town, name, told) for told in (title, body)):
                yield name, town


def _leads(town: str, name: str, told: str) -> bool:
    """Whether a text calls somebody a leader of a township: 清溪镇党委副书记倪少华, not 原清溪镇副镇长倪少华."""
    at = told.find(town)
    while at >= 0:
        post = _POST.match(told, at + len(town))
        if post and told.startswith(name, post.end()) and not told.endswith(_ONCE, 0, at):
            return True
        at = told.find(town, at + 1)
    return False
