"""Rows below a table that are no entry of it: totals, signatures, page numbers, remarks on the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from repeatdetect.cells import as_text, blank

WHY = "表尾的合计、签名或说明"  # why a row is none
_MOST_CELLS = 24  # told apart from a filing by a glance at its length first
_LONGEST = 80  # characters of a cell of a footer
_COUNT = r"(?:\d[\d,.]*|[零〇一二三四五六七八九十百千万两]+)(?:[件条行人次页宗份批户张封起项]|记录|数据|信访件)*"
_TOTAL = rf"(?:以上|上述|本[表页月季年次周]|全[年部]|其中)?(?:合计|小计|总计|共计|累计|总数|总共|共有?|计)+(?:件数|数)?:?(?:{_COUNT})?"
_DAY = r"\d{2,4}[-/.年]\d{1,2}(?:[-/.月](?:\d{1,2}日?)?)?"
_WORK = "填[表报写]|制[表单]|审[核批签阅定]|复[核审]|校[对核]|统计|打印|导出|报送|报表|录入|经办|登记|签发"
_SIGNER = rf"(?:{_WORK}|主管|分管|部门|单位|科室)*(?:负责人|领导|人|者)|(?:{_WORK})|签[字名章]|盖章|公章"
_SIGNED = rf"\(?(?:{_SIGNER})(?:\(?(?:签[字名章]|盖章)\)?)?\)?"
_BODY = rf"(?:{_WORK})(?:单位|部门|机关):[\u4e00-\u9fff]{{0,20}}"
_DATED = rf"(?:{_WORK}|更新|生成)?(?:日期|时间):(?:{_DAY})?|(?:数据)?(?:截至|截止)(?:日期|时间)?:?{_DAY}"
_PAGE = r"第\d+页(?:/?共\d+页)?|共\d+页|\d+/\d+页?|page\d+(?:of\d+)?"
_END = "以下(?:空白|无正文|无内容|无数据)|[此本]页(?:空白|无正文)|[全本]表(?:完|结束)"
_OF_ABOVE = "(?:以上|上述|本表|本页)(?:数据|信息|统计|内容|资料)?(?:截至|截止|来源|来自)[^。;!?]{1,24}"
_TELLING = re.compile(
    rf"{_TOTAL}|(?:{_SIGNED}):(?:[\u4e00-\u9fff·]{{0,5}}|{_DAY})|{_BODY}|{_DATED}|{_PAGE}|{_END}|{_OF_ABOVE}",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(rf"(?:{_SIGNED}):?")  # a name may stand in the next cell
_SIGNING = re.compile(rf":\Z|{_WORK}|签|章")
_NAME = re.compile(r"[\u4e00-\u9fff·]{1,4}")
_BESIDE = re.compile(
    rf"{_COUNT}|{_DAY}|\d{{1,2}}:\d\d(?::\d\d)?|[\u4e00-\u9fff]|\W+|(?:其中)?(?:来?[信访电]|网络)\w?{_COUNT}"
)
_REMARK = re.compile(r"(?:备注|附?注|说明|填表说明)\d*:")
_OF_THE_TABLE = re.compile(
    r"[本此上下该]表|表[中内格]|本页|涉密|保密|外传|排序|口径|统计|红[字色底]|标[红黄注记]|黄[字色底]|数据来源|以上数据|导出|匿名件"
)
_PARTS = re.compile(r"[\s,;、。|]+")
_AFTER_COLON = re.compile(r"\s*:\s*")


def is_total(cell: str) -> bool:
    """Whether a cell holds the word, and maybe the number, of a total: 合计, 小计：3件."""
    return bool(re.fullmatch(_TOTAL, _plain(cell)))


def is_footer(row: Sequence[Any]) -> bool:
    """Whether a row stands below a table and is no entry of it.

    Every cell of it must be of a footer, one of them tellingly: a row that holds anything else (a text, a name that no
    signature goes before, an id) is an entry.
    """
    cells = [cell for cell in row if not blank(cell)]
    if not cells or len(cells) > _MOST_CELLS or any(isinstance(cell, str) and len(cell) > _LONGEST for cell in cells):
        return False
    if len(cells) == 1 and _REMARK.match(only := _plain(as_text(cells[0]))) and _OF_THE_TABLE.search(only):
        return True
    told = signed = False
    for cell in map(_plain, map(as_text, cells)):  # the first of most rows is of none
        tells, fits = _judged(cell)
        if not (tells or fits or (signed and _NAME.fullmatch(cell))):
            return False
        signed = bool(_SIGNATURE.fullmatch(cell))
        told = told or tells
    return told


@lru_cache(maxsize=4096)
def _judged(cell: str) -> tuple[bool, bool]:
    """Whether a cell is of a footer by itself, and whether it may stand in one."""
    if _TELLING.fullmatch(cell):
        return True, True
    if _SIGNATURE.fullmatch(cell):  # 主管领导 alone may be whom an entry is about
        return bool(_SIGNING.search(cell)), True
    parts = [part for part in _PARTS.split(cell.strip("-—_=*~ ")) if part]
    tells = [bool(_TELLING.fullmatch(part)) for part in parts]
    fits = all(tell or _BESIDE.fullmatch(part) for tell, part in zip(tells, parts, strict=True))
    return fits and any(tells), fits


def _plain(cell: str) -> str:
    """A cell in half width, without blanks around its colons."""
    return _AFTER_COLON.sub(":", unicodedata.normalize("NFKC", cell).strip())
