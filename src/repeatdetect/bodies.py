"""What tells one body from another: its own name and its kind.

清河镇中心卫生院 and 雾场镇中心卫生院 share most of their characters and are two bodies; 县第二实验小学 and 二实小 share few and
are one. So a name is split into its kind (卫生院), the words of rank and trade any body may bear (中心, 物业), which tell
nothing, and what is left: its own name, or that of its township.
"""

from __future__ import annotations

import re
from functools import lru_cache

from repeatdetect import lexicon, text

_GOVERNMENT = re.compile(
    r"(?:党总支|党支部|支部|党委|党工委|党组|人民政府|政府|村委会|居委会|委员会|管委会|办事处|有限责任公司|有限公司|股份公司)+\Z"
)
_LEX = lexicon.load()
_KIND = re.compile(rf"(?:{'|'.join(word for word, kind in _LEX.suffix_kind.items() if kind == 'unit')})\Z")
_RANK = re.compile("|".join(sorted(_LEX.body_rank, key=len, reverse=True)))
_TRADE = re.compile(rf"(?:{'|'.join(_LEX.body_trade)})\Z")
_TOWN = re.compile(r"(?:镇|乡|街道办事处|街道办|街道)\Z")
_COUNTY = "县市区"
_KIND_KEY, _TOWN_KEY = "kind ", "town "


def key_weight(key: str) -> float:
    """What a key of `body_keys` counts: a kind or a township half as much as others, as neither makes two bodies one."""
    return 0.5 if key.startswith((_KIND_KEY, _TOWN_KEY)) else 1.0


@lru_cache(maxsize=65536)
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
    bare = _GOVERNMENT.sub("", unit)
    of_county = bare[:1] in _COUNTY and len(bare) > 3
    named = bare[of_county:]
    kind = _KIND.search(named)
    stem = _RANK.sub("", named[: kind.start()] if kind else named)
    trade = _TRADE.search(stem)
    own = stem[: trade.start()] if trade else stem
    own = own or (named[: kind.start()] if kind and of_county else "")
    what = text.sound((trade.group() if trade else "") + (kind.group() if kind else ""))
    if own:
        return (*dict.fromkeys(text.sound(own).split("-")), *([_KIND_KEY + what] if what else []))
    place = text.sound(_TOWN.sub("", town))
    return (_TOWN_KEY + place, f"{what} of {place}") if place else ()
