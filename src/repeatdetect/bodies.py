"""What tells one body from another: its own name and its kind.

清河镇中心卫生院 and 雾场镇中心卫生院 share most of their characters and are two bodies; 县第二实验小学 and 二实小 share few and
are one. So a name is split into its kind (卫生院), the words of rank and trade any body may bear (中心, 物业), which tell
nothing, and what is left: its own name, or that of its township.
"""

from __future__ import annotations

import re
from functools import lru_cache

from repeatdetect import lexicon, text
from repeatdetect.addresses import short_town

_GOVERNMENT = re.compile(
    r"(?:党总支|党支部|支部|党委|党工委|党组|人民政府|政府|村委会|居委会|村民委员会|居民委员会|委员会|管委会|办事处)+\Z"
)
_FIRM = re.compile(r"(?:有限责任|股份有限|有限|股份)公司")
_LEX = lexicon.load()
_KIND = re.compile(
    rf"(?:{'|'.join(word for word, kind in _LEX.suffix_kind.items() if kind == 'unit')}|(?<!党政)(?<!综合)办)\Z"
)
_RANK = re.compile("|".join(sorted(_LEX.body_rank, key=len, reverse=True)))
_TRADE = re.compile(rf"(?:{'|'.join(_LEX.body_trade)})\Z")
_TOWN = re.compile(r"(?:镇|乡|街道)\Z")
_COUNTY = "县市区"
_KIND_KEY, _TOWN_KEY, _PART_KEY = "kind ", "town ", "part "
_SAME = re.compile("|".join(sorted(_LEX.body_same, key=len, reverse=True)))
_ABOVE = re.compile(rf"(?:信用(?:联|合作)社|公安(?:分)?局)(?=[{text.HAN}]{{2,}}(?:信用社|派出所)\Z)")
_MISREAD = re.compile(r"占\Z")  # 供水占: 站 as a scanner reads it
#: 县医院 and 人民医院 are one, whatever department is told; 中医院 has a name of its own
_PEOPLES = re.compile(rf"(?:人民)?(?P<kind>医院|法院|检察院)(?P<part>[{text.HAN}]{{0,6}})\Z")
#: 第二中学, 二中, 二实小: the number is the name
_NUMBERED = re.compile(
    rf"第?(?P<number>[一二三四五六七八九十]{{1,2}})(?P<way>实验|试验|实|完全|完)?"
    rf"(?P<kind>中学|小学|幼儿园|初级中学|初中|高中|中|小|幼|(?:人民)?医院)(?P<part>[{text.HAN}]{{0,6}})\Z"
)
_LONG = {
    "中": "中学",
    "初中": "中学",
    "初级中学": "中学",
    "小": "小学",
    "幼": "幼儿园",
    "人民医院": "医院",
    "实": "实验",
    "试验": "实验",
    "完": "",
    "完全": "",
}
_SIDE = re.compile("[东西南北前后上下一二三四五六七八九十]")  # in a name: one such character makes another body


def key_weight(key: str) -> float:
    """What a key of `body_keys` counts: a kind, township or department less than half, as none makes two bodies one."""
    return 0.45 if key.startswith((_KIND_KEY, _TOWN_KEY, _PART_KEY)) else 1.0


def is_government(unit: str) -> bool:
    """Whether a 单位 only says whose government or party committee it is, not which body: 政府, 党委."""
    return bool(unit) and not own_name(unit)


def own_name(unit: str) -> str:
    """Name of a body without what only says that it is a government or a committee: 双桥镇 of 双桥镇人民政府."""
    return _GOVERNMENT.sub("", unit)


def _tells_county(unit: str) -> bool:
    """Whether a body's name begins with whose it is: 县公安局, not 市场监管所."""
    return unit[:1] in _COUNTY and not unit.startswith("市场")


@lru_cache(maxsize=text.REMEMBERED)
def body_keys(unit: str, town: str) -> tuple[str, ...]:
    """Keys of a body: sounds of the characters of its own name, and its kind; without such a name, township and kind.

    Parameters
    ----------
    unit : str
        Name of the body as told, without its township; 人民政府 or 党委 is the township's own government.
    town : str
        Township it lies in; '' when unknown.

    Returns
    -------
    tuple of str
        Empty when nothing tells the body from another of its kind.

    Examples
    --------
    >>> body_keys("中心卫生院", "清河镇") == body_keys("卫生院", "清河镇")
    True
    >>> body_keys("中心卫生院", "")
    ()
    """
    if not unit:
        return ()
    bare = own_name(_FIRM.sub("公司", unit))
    bare = _ABOVE.split(_MISREAD.sub("站", _SAME.sub(lambda found: _LEX.body_same[found.group()], bare)))[-1]
    if keys := _by_rank(bare):
        return keys
    told_county = len(bare) > 3 and _tells_county(bare)
    named = bare[told_county:]
    kind = _KIND.search(named)
    of_county = told_county or (kind is not None and kind.group() == "局")  # townships have none
    stem = _RANK.sub("", named[: kind.start()] if kind else named)
    trade = _TRADE.search(stem)
    own = stem[: trade.start()] if trade else stem
    own = own or (named[: kind.start()] if kind and of_county else "")
    what = text.sound((trade.group() if trade else "") + (kind.group() if kind else ""))
    place = text.sound(_TOWN.sub("", short_town(town)))
    heard = text.sound(own)
    sole = text.sound(trade.group()).split("-") if trade and trade.group() in _LEX.body_sole else []
    if (own and heard != place) or sole:
        spelled = [] if not own else [heard] if _SIDE.search(own) else heard.split("-")
        here = [f"{what} of {heard}"] if own and kind and len(own) < _LONG_NAME else []
        return (*dict.fromkeys([*spelled, *sole]), *([_KIND_KEY + what] if what else []), *here)
    # 双桥所 may be any of the township's 所
    vague = own and kind and len(kind.group()) == 1 and not trade
    return (_TOWN_KEY + place, f"{what} of {place}") if place and not vague else ()


_LONG_NAME = 4  # characters from which a body's own name is not that of its township


def _by_rank(unit: str) -> tuple[str, ...]:
    """Keys of a body whose number is its name, and of the one hospital or court of a county; of any other none."""
    of_county = _tells_county(unit)
    named = unit[of_county:]
    own: tuple[str, ...]
    if found := _NUMBERED.search(named):
        what = _LONG.get(found["way"] or "", found["way"] or "") + _LONG.get(found["kind"], found["kind"])
        before = _RANK.sub("", named[: found.start()])
        own = (f"{found['number']} {what}", _KIND_KEY + what, *([_PART_KEY + text.sound(before)] if before else []))
    elif (found := _PEOPLES.match(named)) and (of_county or named.startswith("人民")):
        own = ("人民" + found["kind"], _KIND_KEY + text.sound(found["kind"]))
    else:
        return ()
    return (*own, *([_PART_KEY + text.sound(found["part"])] if found["part"] else []))
