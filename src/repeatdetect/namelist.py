"""Cells that list people: one rule for petitioners, accused and officials.

Whoever fills such a cell sets names with blanks so that they stand in line (王　伟), adds what they are (村民宋玉,
宋玉(女), 王伟同志), how to reach them, and how many more there are (张三等3人). A name is what is left.
"""

from __future__ import annotations

import re
from functools import lru_cache

from repeatdetect import lexicon, text
from repeatdetect.given import plausible

_HAN = rf"[{text.HAN}]"
SPLIT = re.compile(rf"[、,;/|\s]+|(?<={_HAN}{{2}})[和及与](?={_HAN}{{2}})")  # 张三和李四; 张和平 is one
_ALIGNED = re.compile(rf"{_HAN}+(?: +{_HAN}+)+")
_COUNTED = r"[\d一二三四五六七八九十百]+\s*(?:人|户|名群众|位村民)"
_OTHERS = re.compile(
    rf"\(?(?:(?:等|共)\s*(?:{_COUNTED}|人|群众|村民|户)?|{_COUNTED})\)?\Z"
)  # 路二等三人; 张三 is a name
_NOTE = re.compile(r"\([^()]*(?:\)|\Z)")
_REACHED = re.compile(rf"(?<={_HAN})(?:电话|手机)?[: ]?[\d+][\d+\-*xX]{{6,}}\Z")
_WHAT_THEY_ARE = re.compile(
    r"\A(?:村民|居民|市民|群众|社员|农民|民工|农民工|职工|员工|教师|学生|家长|业主|户主|租户|商户|老?党员|(?:[镇乡]村?|村组?|社区)?干部|退休(?:职工|教师|干部)"
    r"|(?:信访|举报|反映|来信|来访|来电|投诉|控告|检举|申诉|诉求|留言|联系)人)*(?:代表)?:?"
)
_NOBODY_NAMED = frozenset(
    ("家人", "家属", "亲属", "亲戚", "子女", "邻居", "本人", "代表", "村民", "居民", "群众", "业主", "其他人")
)
#: what stands beside a name and is none: how to reach people, how old they are, where they live, whose neighbours they are
_BESIDE = re.compile(
    rf"(?:(?:联系|移动|固定)?(?:电话|手机)|身份证|证件|住址|地址|户籍|年龄|性别|民族)(?:号码?)?:?.*|\d+岁|[男女]性?|(?:家|现|居|暂)?住[:在]?{_HAN}.*"
    rf"|{_HAN}{{2,}}(?:村|社区|[镇乡](?!长)|街道|\d组|[一二三四五六七八九十]组|号)|{_HAN}*(?:村民|居民|市民|群众|社员|职工|员工|业主|住户|人员)"
)
#: what many call themselves, on message boards and elsewhere: 网友, 三中家长, 12388举报人; 网友123 is an account of its own
_ANY_OF_MANY = re.compile(
    rf"(?P<who>{_HAN}*|\d+)(?:网友|网民|游客|访客|用户|家长|学生|村医|百姓|老乡|乡亲|党员|代表|人士|知情[人者]|(?:举报|信访|反映|来信|来访|来电|投诉|控告|检举|申诉|诉求|留言)[人者])"
    rf"|(?:[一几数多][个名位些群]|某[个名位些]?|全体|广大|部分){_HAN}{{2,}}|(?:IP|ip)(?:地址|属地)?(?:[: ].*|{_HAN}*)"
)
_PLACES = frozenset("村镇乡县市省区组网校厂院")
_PLACE_ENDS = frozenset("村镇乡号")
_OF_PLACES = frozenset("家庄湾沟坡坝桥店屯营堡寨岭山河江湖塘田坪冲头口")
_OF_PLACE = re.compile(
    rf"\A{_HAN}{{2,12}}?(?:村|社区|组|镇|乡|街道|小区|厂|公司)(?=村民|居民|群众|社员|职工|员工|业主|住户)"
)
_HIDES = "*×•●■"  # what stands for a digit that is not shown; also xx, and an x before further digits
_LISTED = re.compile(rf"[、,;/|\n]|(?<=[\d{_HIDES}xX]{{7}})[^\d{_HIDES}xX\n]+(?=[\d{_HIDES}xX]{{7}})")
_ROUNDED = re.compile(r"[\d.]+[eE]\+?\d+\s*\Z")  # 1.38E+10: digits are lost
_IDENTITY = re.compile(r"[\d*]{17}X\Z")
_COUNTRY = re.compile(r"\A(?:00)?86(?=1[\d*]{10}\Z)")
_HONORIFIC = re.compile(r"(?:同志|先生|女士|小姐|老师|师傅|老人|大爷|大娘)\Z")
_HIDDEN = re.compile(
    r"(?:某{1,2}|[*×xX○]{1,2})?(先生|女士|小姐|老师|师傅|老人|大爷|大娘|大妈|阿姨|同志|某{1,2}|[*×xX○]{1,2})\Z"
)
_MALE, _FEMALE = frozenset(("先生", "大爷")), frozenset(("女士", "小姐", "大娘", "大妈", "阿姨"))


def looks_like_name(word: str) -> bool:
    """Whether a word may be a full name: a surname and one to three characters."""
    words = lexicon.load()
    if not 2 <= len(word) <= 4 or word in words.double_surnames:
        return False
    return word[0] in words.surnames or word[:2] in words.double_surnames


def closed(plain: str) -> str:
    """Normalised text in which names set with blanks are closed: 王 伟 李 四 is 王伟 李四, 张三丰 李四光 stays."""
    return _ALIGNED.sub(lambda found: " ".join(_names(found.group().split())), plain) if " " in plain else plain


def _names(words: list[str]) -> list[str]:
    """Words with blanks between them as names: a lone surname is no name, nor is a lone character behind one."""
    lex = lexicon.load()
    out = words[:1]
    for at, word in enumerate(words[1:], start=1):
        have = out[-1]
        if len(have) == 1 or have in lex.double_surnames:
            goes_on = len(word) <= 2
        else:  # 国 of 王 建 国, but not 李 of 张 三 李 四
            begins = word in lex.surnames and any(len(following) < 3 for following in words[at + 1 : at + 2])
            goes_on = len(word) == 1 and len(have) < 4 and have[0] in lex.surnames and not begins
        if goes_on:
            out[-1] += word
        else:
            out.append(word)
    return out


def without_others(piece: str) -> str:
    """A name without those who are only counted: 韩军 of 韩军等, 韩军等3人."""
    return _OTHERS.sub("", piece)


def _is_beside(piece: str) -> bool:
    """Whether a piece stands beside a name and is none; 李新村 is one though it ends as places do, 张庄村 is a place."""
    if not _BESIDE.fullmatch(piece):
        return False
    lex = lexicon.load()
    surname = len(piece) == 3 and piece[0] in lex.surnames - lex.doubtful_surnames
    return not (surname and piece[2] in _PLACE_ENDS and piece[1] not in _OF_PLACES)


@lru_cache(maxsize=text.REMEMBERED)
def names_in(cell: str) -> tuple[str, ...]:
    """Single names of a 信访人 cell: 张三、村民李　四(代表)等12人 gives 张三 and 李四; a number is no name."""
    plain = closed(_NOTE.sub("", text.normalise(cell)))
    names = (bare_name(piece) for piece in SPLIT.split(plain) if not _is_beside(piece))
    named = (
        name for name in names
        if len(name) > 1 and any(map(str.isalpha, name)) and not (_is_beside(name) or _nobody(name))
    )  # fmt: skip
    return tuple(dict.fromkeys(named))


def _nobody(name: str) -> bool:
    """Whether what stands for a name is what anybody may call himself: 本人, 网友, 一个村医; 王家长 is somebody."""
    if name in _NOBODY_NAMED:
        return True
    many = _ANY_OF_MANY.fullmatch(name)
    who = (many and many["who"]) or ""
    lex = lexicon.load()
    double = who[:2] in lex.double_surnames
    named = looks_like_name(who) and (
        plausible(who[0], who[1:]) or (len(text.words(who)) > 1 and who[-1] not in _PLACES)
    )
    return bool(many) and not (double or named or who in lex.surnames)


def number_pieces(plain: str) -> list[str]:
    """What a normalised cell of telephone or identity numbers lists, each as it is written."""
    return [piece.strip() for piece in _LISTED.split(plain) if not _ROUNDED.match(piece.strip())]


@lru_cache(maxsize=text.REMEMBERED)
def numbers_in(cell: str) -> tuple[str, ...]:
    """Telephone or identity numbers of a cell, bare, ``*`` for a hidden digit: +86 138-0000-1111 is 13800001111."""
    out = []
    for piece in number_pieces(text.normalise(cell)):
        hidden = re.sub(rf"[{_HIDES}]|[xX]{{2,}}|[xX](?=.*\d)", lambda found: "*" * len(found.group()), piece)
        number = _COUNTRY.sub("", re.sub(r"[^0-9X*]", "", hidden.upper()))
        if len(number) >= 7:
            out.append(number if _IDENTITY.match(number) else number.replace("X", "*"))
    return tuple(dict.fromkeys(out))


def bare_name(piece: str) -> str:
    """A name without what its bearer is, how to reach them, and what out of courtesy follows it."""
    name = _OF_PLACE.sub("", without_others(_REACHED.sub("", piece)))
    role = _WHAT_THEY_ARE.match(name)
    if role and looks_like_name(name[role.end() :]):
        name = name[role.end() :]
    short = _HONORIFIC.sub("", name)
    return short if looks_like_name(short) else name


@lru_cache(maxsize=text.REMEMBERED)
def only_surname(name: str) -> tuple[str, str] | None:
    """Surname and sex ("" unknown) of what hides the given name: 王女士, 王某, 王**, 老王; None of any other name."""
    lex = lexicon.load()
    if len(name) == 2 and name[0] in "老小" and name[1] in lex.surnames:
        return name[1], ""
    surname = name[:2] if name[:2] in lex.double_surnames else name[:1]
    hidden = _HIDDEN.match(name, len(surname))
    if not hidden or (surname not in lex.surnames and surname not in lex.double_surnames):
        return None
    word = hidden.group(1)
    return surname, "男" if word in _MALE else "女" if word in _FEMALE else ""
