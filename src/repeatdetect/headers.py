"""Which row is the header, and which column each of its cells names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from repeatdetect import header_words
from repeatdetect.cells import blank
from repeatdetect.errors import InputError
from repeatdetect.settings import nearest

UNUSED = ""  # the "column" of headers that are understood and not needed
_NOT_USED = ("unused", "不用")  # what people write for it
_MAPPED = -1  # how telling a header is of which people have said what it means
_SAMPLE = 1000  # rows that tell what a column holds
_CATEGORY = 10  # characters of a cell below which a column of a few words, again and again, is no text
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
            if column not in (*self._names, *_NOT_USED):
                near = nearest(column, list(self._names))
                raise InputError(
                    "E204", f"映射目标“{column}”不是标准列名", place=place, hint=f"最接近的列名：{'、'.join(near)}。"
                )
            self._column[label(source)] = UNUSED if column in _NOT_USED else column
            self._rank[label(source)] = _MAPPED
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
        bare = _bare(cell)
        for part in (bare, _PARTS.split(bare)[0]):
            key = label(part)
            for name in (key, _TRAILING.sub("", key)):
                if name in self._column:
                    return self._column[name]
            end = next((key[at:] for at in range(len(key)) if key[at:] in self._ends), "")
            if end and _may_begin(key.removesuffix(end), self._column[end]):
                return self._column[end]
        return "text" if "text" in self._names and header_words.is_text(label(bare)) else None

    def dismissed(self, cell: object) -> bool:
        """Whether people have said that the column of this header is not used."""
        return self.exact(cell) == (UNUSED, _MAPPED)

    def called(self, column: str) -> str:
        """The most telling header of a column; "" where no such column is read."""
        return self._names.get(column, "")


def _may_begin(first: str, column: str) -> bool:
    """Whether a header that begins so is of the column that its last word names."""
    handled = column == "text" and header_words.HANDLING.search(first)
    return not (handled or header_words.is_foreign(first, column) or _OTHER.search(first))


def _bare(cell: object) -> str:
    return _BRACKETS.sub("", _half(cell))


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
            names, either = joined
            found.insert(0 if either else 1, _place(at, 2, names, words, either))
        best = max((best, *found), key=lambda header: header.understood)
    return _without_categories(best, rows, words)


def _without_categories(header: Header, rows: Sequence[Sequence[Any]], words: Vocabulary) -> Header:
    """The header without columns of text that only their words tell and whose cells are a few words, again and again."""
    places = header.columns.get("text", [])
    if len(places) < 2:
        return header
    body = rows[header.row + header.depth :][:_SAMPLE]
    out = [at for at in places if words.exact(header.names[at])[0] is None and _is_category(body, at)]
    kept = [at for at in places if at not in out]
    if not out or not kept:
        return header
    return replace(header, columns={**header.columns, "text": kept}, unknown=sorted([*header.unknown, *out]))


def _is_category(body: Sequence[Sequence[Any]], at: int) -> bool:
    cells = [_shown(row[at]) for row in body if at < len(row) and not blank(row[at])]
    return sum(map(len, cells)) < _CATEGORY * len(cells) and 2 * len(set(cells)) <= len(cells)


def resembling(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[int, str]]:
    """The first row that looks like a header although none of its names may be known: it, and its names by position;
    (0, {}) when none does.

    Every cell is short and without digits, most end as names of columns do (those are given), and rows below are
    longer: what is shown to people must not be a filing.
    """
    for at, row in enumerate(rows[:_WITHIN]):
        names = {position: _shown(cell) for position, cell in enumerate(row) if not blank(cell)}
        if len(names) < 2 or any(len(name) > _SHORT or re.search(r"\d", name) for name in names.values()):
            continue
        below = max((len(_shown(cell)) for line in rows[at + 1 : at + _WITHIN] for cell in line), default=0)
        telling = {position: name for position, name in names.items() if _ENDS.search(label(name))}
        if below > _SHORT and len(telling) > 1 and 3 * len(telling) >= 2 * len(names):
            return at, telling
    return 0, {}


def _shown(cell: object) -> str:
    return "" if blank(cell) else " ".join(str(cell).split())


def _place(at: int, depth: int, names: list[str], words: Vocabulary, either: Set[int] = frozenset()) -> Header:
    exact: dict[str, list[tuple[int, int]]] = {}
    near: dict[str, list[int]] = {}
    unknown = []
    for position, name in enumerate(names):
        if not name:
            continue
        column, rank = words.exact(name)
        if column is not None:
            exact.setdefault(column, []).append((rank, position))
        elif len(name) <= _LONGEST and position not in either and (column := words.near(name)) is not None:
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
            continue
        more = [p for p in places if column == "text" and header_words.is_text(label(_bare(names[p])))]
        columns[column] += more
        unknown += [p for p in places if p not in more]
    return Header(at, depth, names, columns, sorted(unknown), len(exact))


def _joined(upper: Sequence[Any], lower: Sequence[Any], words: Vocabulary) -> tuple[list[str], frozenset[int]] | None:
    """Names of a header of two merged rows, and the places of names that may be of either of two persons; None when the
    lower row is no header.

    What stands below 信访人信息 or 被举报人情况 is of that person, whatever the data are called: never of the other.
    """
    width = max(len(upper), len(lower))
    top = [_shown(cell) for cell in (*upper, *[None] * (width - len(upper)))]
    below = [_shown(cell) for cell in (*lower, *[None] * (width - len(lower)))]
    if top[0] and set(top) <= {top[0], ""} and (len(top[0]) > _SHORT or not header_words.person(label(top[0]))):
        top = [""] * width  # the title of the table, which may be anything
    written = [name for name in below if name]
    if len(written) < 2 or any(len(name) > _LONGEST for name in written):
        return None
    parent, names, known = "", [], 0
    parents = dict[str, set[str]]()  # personal column -> what stands above those that name it
    alone = dict[
        int, tuple[str, str]
    ]()  # place of a personal name -> its column and full name, if the parent told nothing
    for at, (head, name) in enumerate(zip(top, below, strict=True)):
        parent = head or parent
        if not name:
            names.append(head)
            continue
        who = header_words.person(label(parent))
        person, vague = words.called(who), label(name) in _VAGUE
        ways = [parent + name, *([person + name] if person else []), *([person or parent] if vague else [])]
        chosen = next((way for way in ways if words.exact(way)[0] is not None), "")
        if not chosen and (column := words.exact(name)[0]) is not None:
            if column not in header_words.PERSONAL or header_words.person(label(name)):
                chosen = name
            elif not who:
                chosen, alone[at] = name, (column, parent + name)
        column = words.exact(chosen)[0] if chosen else None
        if column in header_words.PERSONAL:
            parents.setdefault(column or "", set()).add(parent)
        known += bool(chosen)
        names.append(chosen or (person or parent) + name)
    if known < 2 or known < 0.6 * len(written):
        return None
    either = {at: full for at, (column, full) in alone.items() if len(parents[column]) > 1}
    return [either.get(at, name) for at, name in enumerate(names)], frozenset(either)
