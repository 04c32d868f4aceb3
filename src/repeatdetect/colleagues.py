"""Which of the office's own members a matter accuses: none of their colleagues can lead it.

Members of all rows of the officials' table are asked for, not only the one in charge: so a name alone, which any
villager may bear, is not enough. A cell or a text has to say that they are of the office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from repeatdetect import text
from repeatdetect.called import Official, mentions, name_pattern
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.filed import VILLAGE, Filed, scene_of
from repeatdetect.namelist import names_in
from repeatdetect.persons import surname_of
from repeatdetect.places import OWN_OFFICE

# 县纪委, not 清溪镇纪委
_OFFICE = rf"(?<![镇乡道委局院校厂、])(?:{OWN_OFFICE})(?:、?(?:{OWN_OFFICE}))?"
_OF_OFFICE = re.compile(_OFFICE)
_NOT_OURS = re.compile(r"[镇乡]|街道|纪委书记")
_POST = re.compile(r"(?:^|[县市区])(?:常委|委员)$")
# 县纪委联系我乡的, not 向县纪委反映
_BETWEEN = rf"(?:(?!反映|举报|控告|检举|投诉|状告|揭发|[向给查处找问告把对将让叫村社])[{text.HAN}、]){{0,10}}?"
# what a member of the office is called by, and what the one who leads it
_TITLE, _LEADERS_TITLE = "副?书记|常委|委员|副?主任|领导", "书记|主任|领导|一把手"


def accused_members(matter: Sequence[Filed], members: tuple[Official, ...], title: str = _TITLE) -> tuple[str, ...]:
    """Names of the members of the office that a matter's cells give as accused, or whose part in it a text tells.

    Parameters
    ----------
    matter : sequence of Filed
        Filings of the matter itself, not those that may belong to it.
    members : tuple of Official
    title : str
        Pattern of what they are called by.

    Returns
    -------
    tuple of str
        In the order of `members`; all of a surname where a filing gives no more than 骆常委.
    """
    if not members:
        return ()
    found = {name for filed in matter for name in _accused(filed, members, title)}
    return tuple(one.name for one in members if one.name in found)


def accuses_leader(filed: Filed, leaders: tuple[Official, ...]) -> bool:
    """Whether a filing is about one of the office's principal leaders: given as accused, or said to have taken part.

    Beyond what `accused_members` finds this takes the name alone; whoever is only written to is not complained of.
    """
    return (
        any(_is_given(piece, one.name) for piece in names_in(filed.accused) for one in leaders)
        or bool(accused_members([filed], leaders, _LEADERS_TITLE))
        or any(_took_part(filed, one) for one in leaders)
    )


def may_name(leaders: tuple[Official, ...]) -> re.Pattern[str]:
    """What stands in every filing that `accuses_leader` finds: a quick look."""
    surnames = "|".join(re.escape(surname_of(one.name)) for one in leaders)
    names = "|".join(name_pattern(one.name).pattern for one in leaders)
    return re.compile(rf"{names}|(?:{surnames})某{{0,2}}(?:{_LEADERS_TITLE})")


def _is_given(piece: str, name: str) -> bool:
    """Whether a piece of a 被反映人 cell gives a name: 书记王伟; 王伟民 is somebody else."""
    return name in piece and not (len(name) == 2 and len(piece) == 3 and piece.startswith(name))


def _took_part(filed: Filed, leader: Official) -> bool:
    """Whether a text says that somebody of a leader's name took part; where no cell accuses anybody a doubt is enough."""
    scene = scene_of([filed], "", ())
    for sentence, header in filed.sentences:
        for start, end, named, sure in mentions(leader, filed, sentence, scene):
            called = sentence[start:end]
            if not named or (called != leader.name and called in filed.people):  # a namesake by sound alone
                continue
            what = conduct(sentence, start, end)
            if what is Conduct.TOOK_PART or (what is Conduct.UNCLEAR and sure and not (header or filed.accused)):
                return True
    return False


def _accused(filed: Filed, members: tuple[Official, ...], title: str) -> Iterator[str]:
    """Members that one filing accuses."""
    pieces = filed.people
    cells = f"{filed.unit}|{filed.post}|{filed.accused}"
    if _OF_OFFICE.search(cells) and not _NOT_OURS.search(cells):
        for one in members:
            if any(_is_given(piece, one.name) or _short(one.name, title).search(piece) for piece in pieces):
                yield one.name
    elif _POST.search(filed.post) and not filed.unit and not VILLAGE.search(filed.post + filed.rank):
        yield from (one.name for one in members if one.name in pieces)
    for sentence, header in filed.sentences if _OF_OFFICE.search(filed.whole) else ():
        for match in _called(members, title).finditer(sentence):
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
def _short(name: str, title: str) -> re.Pattern[str]:
    """骆常委, 骆某某委员: a cell that gives the surname and a title."""
    return re.compile(rf"(?:^|{OWN_OFFICE}){re.escape(surname_of(name))}某{{0,2}}(?:{title})$")


@lru_cache(maxsize=8)
def _by_name_and_title(members: tuple[Official, ...]) -> re.Pattern[str]:
    """Full name and title of a member, wherever it stands."""
    return re.compile(
        rf"(?P<name>{'|'.join(sorted(re.escape(one.name) for one in members))})(?:常委|委员|副?书记|副主任)"
    )


@lru_cache(maxsize=8)
def _called(members: tuple[Official, ...], title: str) -> re.Pattern[str]:
    """What texts call the members: 县纪委骆清扬, 县纪委联系我乡的骆清扬, 县纪委骆常委."""
    names = "|".join(sorted({re.escape(one.name) for one in members}))
    surnames = "|".join(sorted({re.escape(surname_of(one.name)) for one in members}))
    return re.compile(
        rf"{_OFFICE}(?:{_BETWEEN}(?P<name>{names})|(?:机关|的|[那有]个|姓)*(?P<surname>{surnames})某{{0,2}}(?:{title}))"
    )
