"""Who somebody is: full names, surname and title, given names and nicknames, bare posts.

A filing names the same man 储玉茹, 储校长, 玉茹, 老储 or 校长. What is certain and what is only part of a name is kept
apart, because only two certain names can contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from repeatdetect import lexicon, text
from repeatdetect.addresses import NO_NAME
from repeatdetect.given import plausible

_LEX = lexicon.load()
#: a surname in a pattern, one of two characters first
SURNAME = f"(?:{'|'.join(sorted(_LEX.double_surnames))}|[{''.join(sorted(_LEX.surnames))}])"
_NEVER = frozenset("的了是在与及为被把给对向到从不也都就还又说问叫让去要会我你他她它们这那某")
SELDOM_LAST = frozenset("时上下人一因同和")
_COMMON_LAST = frozenset("间方准人者性们化式型费款金局所站部村镇乡县市省区路会力员权法长院厂店队组户控的公")
_HAN = re.compile(rf"[{text.HAN}]+\Z")
#: what stands in a cell of people where nobody is named
NOBODY = frozenset(
    [
        "无",
        "不详",
        "未知",
        "匿名",
        "某某",
        "某人",
        "有关人员",
        "相关人员",
        "不清楚",
        "不明",
        "暂无",
        "没有",
        "未填",
        "未填写",
        "未列明",
        "未提及",
        "未提供",
        "未署名",
        "待查",
        "待核",
        "待核实",
        "待查实",
        "群众",
        "村民",
        "多人",
        "数人",
        "无名氏",
        "空",
        "其他",
        "本人",
    ]
)
#: what ends the name of a body or a group of people, never that of a person
BODY = re.compile(
    r"(?:领导|干部|班子|人员|单位|部门|政府|党委|支部|村委|居委|委员会|村|镇|乡|街道|社区|局|站|所|院|中心|公司|学校|小学|中学|大学|厂|店|"
    r"大夫|医生|老师|警察|交警|城管|物业|开发商|工头|村民|业主|家属|亲戚|集团|银行|办|科|股|室|队|会|组|(?:施工|承包|建设|开发|运营|管理|甲|乙|校|院|厂|警|资|房)方)\Z"
)
#: how a title is cut short after a surname: 高所, 王总, 吴工
SHORT_TITLES = {
    "所": "所长", "局": "局长", "总": "经理", "工": "工程师", "队": "队长", "处": "处长", "科": "科长", "院": "院长", "站": "站长",
    "校": "校长", "镇": "镇长", "主任": "主任", "股": "股长", "会计": "会计", "师傅": "", "导": "", "哥": "", "姐": "", "叔": "", "婶": "",
    "嫂": "", "爷": "", "伯": "", "妹": "", "少": "", "老板": "经理", "书记": "书记", "书计": "书记", "主认": "主任", "老师": "老师", "医生": "医生", "大夫": "医生", "乡": "镇长",
}  # fmt: skip
#: after a surname: some one of a family, no given name
_FAMILY = frozenset(("家", "姓", "一家", "家人"))
NICKNAME = re.compile(
    r"(?:老[虎黑大二三四五六七八九幺么]|[大小二三四五六]?(?:眼镜|疤子?|麻子?|胡子|瞎子|胖子|矮子|聋子|拐子|瘸子|秃子|黑子|疯子|驼子|驼背|癞子|光头|大头|大牙|大炮|半仙|阎王|"
    r"铁嘴|快嘴|滚刀|司令|团长|鸭公|骡子|猴子|豹子|狗子|虎子|柱子|锁子|猛子|麻花|扒皮|霸王|老板)|.?[头佬狗猫哥爷婆娃仔蛋毛驴牛])\Z"
)


class Person(NamedTuple):
    """A person a filing speaks of; unknown parts are empty.

    Attributes
    ----------
    name, surname, given : str
        Full name; surname; what is known of given name or nickname where the full name is not.
    post, place : str
        Canonical post (see ``lexicon/people.toml``) and the village or unit it belongs to.
    role : str
        ``accused``, ``mentioned``, ``petitioner``; of a phrase alone see `accused.resolve`.
    sure : bool
        A full name that may contradict another one; of those a text tells first that it is plainly a name.
    source, start, end
        Column and span the person was read from.
    """

    name: str
    surname: str
    post: str
    place: str
    role: str
    source: str = "text"
    start: int = 0
    end: int = 0
    given: str = ""
    sure: bool = False


def surname_of(name: str) -> str:
    """Surname of a full name, double ones known."""
    return name[:2] if name[:2] in _LEX.double_surnames and len(name) > 2 else name[:1]


def is_surname(piece: str) -> bool:
    """Whether `piece` is a surname."""
    return piece in _LEX.surnames or piece in _LEX.double_surnames


def office(post: str) -> str:
    """The office a canonical post belongs to, as people speak to its holder: the deputy 贾云生 is 贾镇长 too."""
    bare = post.replace("副", "")
    if bare != "镇长":
        bare = bare.removeprefix("镇")
    return bare.removeprefix("村")


def position(post: str) -> str:
    """`office`, its deputies apart: 场长 and 副场长 are two people."""
    return ("副" if "副" in post else "") + office(post)


@lru_cache(maxsize=text.REMEMBERED)
def parse_name(piece: str) -> tuple[str, str, str, str]:
    """What one way of naming a person tells: (full name, surname, given or nickname, post).

    储玉茹 gives a full name; 老储, 储工, 高所 a surname (and post); 满囤, 勇哥, 水鸭公 a given name or nickname; a body
    such as 学校领导 nothing.
    """
    if piece in _LEX.double_surnames:
        return "", piece, "", ""
    if piece in NOBODY or not _HAN.match(piece) or BODY.search(piece):
        return _short(piece) if len(piece) in (2, 3) else ("", "", "", "")
    short = _short(piece)
    if any(short):
        return short
    first = surname_of(piece)
    if is_surname(first) and len(piece) > len(first):
        rest = piece[len(first) :]
        if rest in _FAMILY:
            return "", first, "", ""
        if len(rest) > 2:
            return ("", first, rest, "") if NICKNAME.search(rest) else ("", "", "", "")
        if NICKNAME.fullmatch(rest) and (len(rest) == 2 or rest in "头佬狗猫哥爷婆仔蛋"):
            return "", first if first not in _LEX.doubtful_surnames else "", piece, ""
        if set(rest.removesuffix("为").removeprefix("向")) & _NEVER:
            return "", first if "某" in rest else "", "", ""
        if len(rest) == 1 and first in _LEX.doubtful_surnames:
            return "", "", piece, ""  # 满囤, 高峰: a given name as likely as a full one
        return piece, first, "", ""
    if len(piece) <= 3 and not set(piece) & _NEVER:
        return "", "", piece, ""
    return "", "", "", ""


def _short(piece: str) -> tuple[str, str, str, str]:
    """老储, 小张, 储工, 勇哥: a surname or one character of a given name, with the post where there is one."""
    head, tail = piece[:1], piece[1:]
    if head in "老小阿" and len(piece) == 2:
        return ("", tail, "", "") if is_surname(tail) else ("", "", tail, "")
    if tail in SHORT_TITLES:
        post = SHORT_TITLES[tail]
        return ("", head, "", post) if is_surname(head) and (post or tail != "少") else ("", "", head, post)
    if len(piece) > 3 and piece[-2:-1] == "老" and is_surname(piece[-1]):
        return "", piece[-1], "", ""
    return "", "", "", ""


def name_at(cut: Sequence[str], i: int, strong: bool) -> tuple[str, int]:
    """Name that begins at word `i` of a text, and how many words it takes ('' when none).

    `strong` says that a title, a post or a word such as 反映 stands beside it; without it common words that happen to
    be surnames do not begin a name.
    """
    word = cut[i]
    following = cut[i + 1] if i + 1 < len(cut) else ""
    if len(word) == 1 and word in _LEX.surnames:
        return _single(word, following, cut[i + 2] if i + 2 < len(cut) else "", strong)
    if word in _LEX.double_surnames and len(following) in (1, 2) and _HAN.match(following):
        return ("", 0) if following[0] in text.FUNCTION else (word + following, 2)
    if word[0] not in _LEX.surnames or not _HAN.match(word):
        return "", 0
    sure = strong or word[0] not in _LEX.doubtful_surnames
    if len(word) == 3 and sure and word[2] not in _COMMON_LAST:
        return word, 1
    runs_on = len(following) == 1 and _HAN.match(following) and following not in text.FUNCTION | SELDOM_LAST
    if len(word) == 2 and strong and runs_on and word[1] not in text.FUNCTION:
        return word + following, 2
    return "", 0


def _single(word: str, following: str, third: str, strong: bool) -> tuple[str, int]:
    """Name after a surname that stands as a word of its own."""
    if not _HAN.match(following):
        return "", 0
    if following[0] in text.FUNCTION:  # 支书吴再贵, but 支书吴再三推诿
        given, count = (following, 2) if len(following) == 2 else (following + third, 3)
        return (word + given, count) if strong and len(given) == 2 and plausible(word, given) else ("", 0)
    if len(following) == 2:
        allowed = (strong or word not in _LEX.doubtful_surnames) and following[1] not in text.FUNCTION
        return (word + following, 2) if allowed and following not in NO_NAME else ("", 0)
    if len(following) != 1 or third in _SUFFIX or following in _NO_NAME:
        return "", 0
    if len(third) == 1 and _HAN.match(third) and third not in text.FUNCTION | SELDOM_LAST:
        return word + following + third, 3
    return word + following, 2


_SUFFIX = frozenset("村镇乡县市省区组路局所站")
_NO_NAME = _SUFFIX - {"局", "所"}


@lru_cache(maxsize=text.REMEMBERED)
def short_of_name(name: str) -> tuple[str, str] | None:
    """Surname and post of what only looks like a full name: 薛局, 邢总, 简站长, and 寇总家, 樊家 (no post); else None."""
    surname = surname_of(name)
    given = name[len(surname) :]
    if given in _FAMILY:
        return surname, ""
    title = given.removesuffix("家")
    return (surname, SHORT_TITLES[title]) if title in _TITLES else None


_TITLES = frozenset(title for title, post in SHORT_TITLES.items() if post and (len(title) > 1 or title in "总局所"))
_ENDS_PLACE = re.compile(r"(?:[省市县镇乡村湖湾路街巷区园苑庭府里港岛]|公司|集团)\Z")
_GOES_ON_AS_PLACE = re.compile(
    r"(?:[东南西北中](?:路|街)|[路街巷湖湾苑城]|国际|小区|新村|新城|新区|安置区|商贸|商城|社区|街道|大道|大桥|广场|大厦|公园|花园|家园|公寓|名都|天下"
    r"|[中小]学|幼儿园|酒店|公司|集团|置业|投资|物业)"
)


def names_place(plain: str, start: int, end: int) -> bool:
    """Whether what looks like a name is, or begins, the name of a place or firm: 梅溪湖, 楚府 of 楚府东路.

    Meant for names beside which nothing speaks of a person.
    """
    return bool(_ENDS_PLACE.search(plain, start + 1, end) or _GOES_ON_AS_PLACE.match(plain, end))


_HAN_ALIAS = re.compile(
    rf"(?:外号|绰号|人称|诨号|诨名|小名|乳名|都叫他?|都喊他?|背后叫他?|绰号叫)[:\"'“‘「《]{{0,2}}([{text.HAN}]{{2,4}}?)(?=[\"'”’」》,。;!?\n、的])"
)


def aliases(plain: str) -> list[tuple[str, int, int]]:
    """Nicknames a text announces (外号"水鸭公"): (nickname, start, end)."""
    return [(m.group(1), m.start(1), m.end(1)) for m in _HAN_ALIAS.finditer(plain)]
