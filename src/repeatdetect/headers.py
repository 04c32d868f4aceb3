"""Which row is the header, and which column each of its cells names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repeatdetect.cells import blank
from repeatdetect.errors import InputError
from repeatdetect.settings import nearest

UNUSED = ""  # the "column" of headers that are understood and not needed
_WITHIN = 20  # rows above and including the header at most
_LONGEST = 24  # characters of a header
_SHORT = 12  # characters of a name in a row that only looks like a header
_ENDS = re.compile(
    r"(?:号|日期|时间|人|者|人员|对象|情况|内容|说明|描述|经过|概况|摘要|单位|部门|机关|地址|地点|发生地|属地|类别|类型|性质|形式|方式|渠道|来源|姓名|"
    r"名称|电话|手机|职务|职级|级别|状态|结果|标题|主题|事项|问题|诉求|备注)$"
)
_NOISE = re.compile(r"[\s*:;·.。_\-'\"“”()\[\]【】〔〕<>《》#]")
_BRACKETS = re.compile(r"[(\[【〔<《][^)\]】〕>》]*[)\]】〕>》]?")
_PARTS = re.compile(r"[/、,|\\&+及和与或]")
_TRAILING = re.compile(r"(?:信息|情况|一|二|三|\d+)$")
_VAGUE = frozenset(("姓名", "名称", "名字"))
_NO_END = frozenset(("编号", "单位", "姓名", "人数", "来源", "形式", "状态", "级别"))  # 部门编号 is no 编号
# words that tell that a header speaks of a later step or another person, whatever its last word is
_OTHER = re.compile(
    r"[被涉]|承办|经办|办理|主办|处理|责任|审批|审核|领导|批示|答复|回复|反馈|修改|更新|导出|打印|删除|最后|上次|首次|"
    r"办结|结案|归档|交办|转办|移送|附件|意见|录入|操作|登记人|受理人|证件|案件|部门|评价|回访"
)


def label(cell: object) -> str:
    """A header reduced to what is compared: half width, without blanks, marks and brackets."""
    return _NOISE.sub("", _half(cell)).lower()


def _half(cell: object) -> str:
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell))


class Vocabulary:
    """Headers and the columns they name.

    Parameters
    ----------
    aliases : mapping
        Canonical column to the headers it may have, the most telling first; ``UNUSED`` to headers that need no column.
    mapping : mapping
        Source header to canonical column, over the aliases.
    place : str
        File, for errors.

    Raises
    ------
    InputError
        When `mapping` names a column that does not exist.
    """

    def __init__(self, aliases: Mapping[str, Sequence[str]], mapping: Mapping[str, str], place: str) -> None:
        self._names = {column: names[0] for column, names in aliases.items() if column != UNUSED}
        self._rank: dict[str, int] = {}
        self._column: dict[str, str] = {}
        for column, names in aliases.items():
            for rank, name in enumerate((*names, column)):
                if (key := label(name)) and key not in self._column:
                    self._column[key], self._rank[key] = column, rank
        for source, column in mapping.items():
            if column not in aliases or column == UNUSED:
                near = nearest(column, [name for name in aliases if name])
                raise InputError(
                    "E204", f"映射目标“{column}”不是标准列名", place=place, hint=f"最接近的列名：{'、'.join(near)}。"
                )
            self._column[label(source)], self._rank[label(source)] = column, -1
        self._ends = {
            key
            for key, column in self._column.items()
            if column != UNUSED and len(key) > 1 and not key.isascii() and key not in _NO_END
        }

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """Standard headers of the columns whose headers are closest to a name, best first."""
        known = [key for key, column in self._column.items() if column != UNUSED]
        columns = dict.fromkeys(self._column[key] for key in nearest(label(name), known, len(known)))
        return [self._names[column] for column in columns][:count]

    def exact(self, cell: object) -> tuple[str | None, int]:
        """Column a header names, and how telling the name is (less is more); (None, 0) when it is not known."""
        key = label(cell)
        return self._column.get(key), self._rank.get(key, 0)

    def near(self, cell: object) -> str | None:
        """Column of a header that is known without its notes, numbers or first words: 信访件登记时间(年月日)."""
        bare = _BRACKETS.sub("", _half(cell))
        for part in (bare, _PARTS.split(bare)[0]):
            key = label(part)
            for name in (key, _TRAILING.sub("", key)):
                if name in self._column:
                    return self._column[name]
            end = next((key[at:] for at in range(len(key)) if key[at:] in self._ends), "")
            if end and not _OTHER.search(key.removesuffix(end)):
                return self._column[end]
        return None


@dataclass(frozen=True)
class Header:
    """Where the header stands and what it names.

    Attributes
    ----------
    row, depth : int
        First row of the header, from 0, and how many rows it takes; (0, 0) when none was found.
    names : list of str
        What each column is called, for people; "" where nothing is written.
    columns : dict of str to list of int
        Positions of each canonical column, the one to trust first; more than one where several headers mean the same.
    unknown : list of int
        Positions of headers that name no column.
    exact : int
        Canonical columns named exactly.
    """

    row: int
    depth: int
    names: list[str]
    columns: dict[str, list[int]]
    unknown: list[int]
    exact: int

    @property
    def certain(self) -> bool:
        """Whether the row surely is a header, so that its words may be shown: those of a filing must not be."""
        return self.exact >= 2 or 2 * self.exact > sum(map(bool, self.names))

    @property
    def understood(self) -> float:
        """How much of the header makes sense."""
        return self.exact + 0.25 * (len(self.columns) - self.exact)


def find(rows: Sequence[Sequence[Any]], words: Vocabulary) -> Header:
    """The header among the first rows: the row, or pair of merged rows, that names the most columns."""
    best = Header(0, 0, [], {}, [], 0)
    for at, row in enumerate(rows[:_WITHIN]):
        found = [_place(at, 1, [_shown(cell) for cell in row], words)]
        if at + 1 < len(rows) and (joined := _joined(row, rows[at + 1], words)):
            found.append(_place(at, 2, joined, words))
        best = max((best, *found), key=lambda header: header.understood)
    return best


def resembling(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Names in the first row that looks like a header although none of them may be known; [] when none does.

    Every cell is short and without digits, most end as names of columns do (those are given), and rows below are
    longer: what is shown to people must not be a filing.
    """
    for at, row in enumerate(rows[:_WITHIN]):
        names = [_shown(cell) for cell in row if not blank(cell)]
        if len(names) < 2 or any(len(name) > _SHORT or re.search(r"\d", name) for name in names):
            continue
        below = max((len(_shown(cell)) for line in rows[at + 1 : at + _WITHIN] for cell in line), default=0)
        telling = [name for name in names if _ENDS.search(label(name))]
        if below > _SHORT and len(telling) > 1 and 3 * len(telling) >= 2 * len(names):
            return telling
    return []


def _shown(cell: object) -> str:
    return "" if blank(cell) else " ".join(str(cell).split())


def _place(at: int, depth: int, names: list[str], words: Vocabulary) -> Header:
    exact: dict[str, list[tuple[int, int]]] = {}
    near: dict[str, list[int]] = {}
    unknown = []
    for position, name in enumerate(names):
        if not name:
            continue
        column, rank = words.exact(name)
        if column is not None:
            exact.setdefault(column, []).append((rank, position))
        elif len(name) <= _LONGEST and (column := words.near(name)) is not None:
            near.setdefault(column, []).append(position)
        else:
            unknown.append(position)
    for known in (exact, near):
        known.pop(UNUSED, None)
    columns = {column: [position for _, position in sorted(places)] for column, places in exact.items()}
    for column, places in near.items():
        stems = {_TRAILING.sub("", label(names[p])) for p in [*columns.get(column, [])[:1], *places]}
        if column not in columns or len(stems) == 1:  # 被反映人1, 被反映人2
            columns[column] = columns.get(column, []) + places
        else:
            unknown += places
    return Header(at, depth, names, columns, sorted(unknown), len(exact))


def _joined(upper: Sequence[Any], lower: Sequence[Any], words: Vocabulary) -> list[str] | None:
    """Names of a header of two merged rows; None when the lower row is not one."""
    width = max(len(upper), len(lower))
    top = [_shown(cell) for cell in (*upper, *[None] * (width - len(upper)))]
    below = [_shown(cell) for cell in (*lower, *[None] * (width - len(lower)))]
    written = [name for name in below if name]
    if len(written) < 2 or any(len(name) > _LONGEST for name in written):
        return None
    parent, names, known = "", [], 0
    for head, name in zip(top, below, strict=True):
        parent = head or parent
        if not name:
            names.append(head)
            continue
        ways = [parent + name, *([parent] if label(name) in _VAGUE else []), name]
        chosen = next((way for way in ways if words.exact(way)[0] is not None), "")
        known += bool(chosen)
        names.append(chosen or parent + name)
    return names if known >= 2 and known >= 0.6 * len(written) else None
