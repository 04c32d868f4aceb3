"""Which of the office's own members a matter accuses: none of their colleagues can lead it.

Members of all rows of the officials' table are asked for, not only the one in charge: so a name alone, which any
villager may bear, is not enough. A cell or a text has to say that they are of the office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from repeatdetect import text
from repeatdetect.called import Official
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.filed import VILLAGE, Filed
from repeatdetect.persons import surname_of
from repeatdetect.places import OWN_OFFICE

# 县纪委, not 清溪镇纪委
_OFFICE = rf"(?<![镇乡道委、])(?:{OWN_OFFICE})(?:、?(?:{OWN_OFFICE}))?"
_OF_OFFICE = re.compile(_OFFICE)
_NOT_OURS = re.compile(r"[镇乡]|街道|纪委书记")
_POST = re.compile(r"(?:^|[县市区])(?:常委|委员)$")
# 县纪委联系我乡的, not 向县纪委反映
_BETWEEN = rf"(?:(?!反映|举报|控告|检举|投诉|状告|揭发|[向给查处找问告把对将让叫村社])[{text.HAN}、]){{0,10}}?"
# what a member of the office is called by
_TITLE = "副?书记|常委|委员|副?主任|领导"


def accused_members(matter: Sequence[Filed], members: tuple[Official, ...]) -> tuple[str, ...]:
    """Names of the members of the office that a matter's cells give as accused, or whose part in it a text tells.

    Parameters
    ----------
    matter : sequence of Filed
        Filings of the matter itself, not those that may belong to it.
    members : tuple of Official

    Returns
    -------
    tuple of str
        In the order of `members`; all of a surname where a filing gives no more than 骆常委.
    """
    if not members:
        return ()
    found = {name for filed in matter for name in _accused(filed, members)}
    return tuple(one.name for one in members if one.name in found)


def _accused(filed: Filed, members: tuple[Official, ...]) -> Iterator[str]:
    """Members that one filing accuses."""
    pieces = filed.people
    cells = f"{filed.unit}|{filed.post}|{filed.accused}"
    if _OF_OFFICE.search(cells) and not _NOT_OURS.search(cells):
        for one in members:
            if one.name in filed.accused or any(_short(one.name).search(piece) for piece in pieces):
                yield one.name
    elif _POST.search(filed.post) and not filed.unit and not VILLAGE.search(filed.post + filed.rank):
        yield from (one.name for one in members if one.name in pieces)
    for sentence, header in filed.sentences if _OF_OFFICE.search(filed.whole) else ():
        for match in _called(members).finditer(sentence):
            meant = [
                one.name for one in members if match["name"] == one.name or match["surname"] == surname_of(one.name)
            ]
            what = conduct(sentence, match.start("name" if match["name"] else "surname"), match.end())
            if what is Conduct.TOOK_PART or (what is Conduct.UNCLEAR and not header and not filed.accused):
                yield from meant
            else:
                yield from (name for name in meant if name in pieces)
    rural = VILLAGE.search(filed.post + filed.unit)
    for sentence, _ in filed.sentences:
        for match in _by_name_and_title(members).finditer(sentence):
            name = match["name"]  # 裴玉衡常委, without the office; a village may have a 裴玉衡主任
            if not (rural and name in filed.people) and conduct(sentence, *match.span("name")) is Conduct.TOOK_PART:
                yield name


@lru_cache(maxsize=256)
def _short(name: str) -> re.Pattern[str]:
    """骆常委, 骆某某委员: a cell that gives the surname and a title."""
    return re.compile(rf"(?:^|{OWN_OFFICE}){re.escape(surname_of(name))}某{{0,2}}(?:{_TITLE})$")


@lru_cache(maxsize=8)
def _by_name_and_title(members: tuple[Official, ...]) -> re.Pattern[str]:
    """Full name and title of a member, wherever it stands."""
    return re.compile(
        rf"(?P<name>{'|'.join(sorted(re.escape(one.name) for one in members))})(?:常委|委员|副?书记|副主任)"
    )


@lru_cache(maxsize=8)
def _called(members: tuple[Official, ...]) -> re.Pattern[str]:
    """What texts call the members: 县纪委骆清扬, 县纪委联系我乡的骆清扬, 县纪委骆常委."""
    names = "|".join(sorted({re.escape(one.name) for one in members}))
    surnames = "|".join(sorted({re.escape(surname_of(one.name)) for one in members}))
    return re.compile(
        rf"{_OFFICE}(?:{_BETWEEN}(?P<name>{names})|(?:机关|的|[那有]个|姓)*(?P<surname>{surnames})某{{0,2}}(?:{_TITLE}))"
    )
