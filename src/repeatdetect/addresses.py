"""Where cells and texts say something is: township, village and unit of an address, counties, villages that were merged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from repeatdetect import lexicon, text

_LEX = lexicon.load()
_HAN = rf"[{text.HAN}]"
#: words that name no place and nobody
NO_NAME = (_LEX.place_stop | _LEX.settlement_stop) - {"希望", "先进"}
_PEOPLES = rf"(?:(?:{'|'.join(_LEX.peoples)})族)"
_APART = re.compile(r"(?<!\d)[\s/\\>·-]+(?!\d)")
#: what an address names above the township, the largest first; 县直 and 市委 are no place but whose
_ABOVE = [
    re.compile(rf"^{names}")
    for names in (
        rf"(?:(?![市州盟县区镇乡村]){_HAN}){{2,6}}?(?:省|自治区)",
        rf"(?:(?![县区镇乡村]){_HAN}){{2,9}}?自治州",
        rf"(?:(?![县区镇乡村]){_HAN}){{2,4}}?(?:(?<!超)市(?!场)|州|盟|地区)",
        rf"(?:(?![县区镇乡村]){_HAN}){{2,4}}?市(?!场)",
        rf"(?:(?![镇乡村]){_HAN}){{2,3}}?(?:县(?![直委纪级])|旗(?={_HAN}{{1,5}}(?:镇|乡|苏木|村|嘎查)))",
        rf"{_HAN}{{2,3}}?(?<![发园新开城库景社小矿])区(?={_HAN}{{2,5}}(?:镇|乡|街道))",
    )
]
_TOWN = re.compile(
    rf"(?:^|[县市区州])?({_HAN}{{2,4}}?{_PEOPLES}+乡|{_HAN}{{2,5}}?(?:镇|乡|街道(?:办事处|办)?|开发区|园区|农场))"
)
_LONG_TOWN = re.compile(rf"(?<=..){_PEOPLES}+(?=乡)|(?<=街道)办(?:事处)?\Z")
_VILLAGE = re.compile(rf"({_HAN}{{1,5}}?(?:村(?=$|党|委|支|民|村民|第|[一二三四五六七八九十\d])|社区))")


@lru_cache(maxsize=text.REMEMBERED)
def place_of(cell: str) -> tuple[str, str, str]:
    """Town, village and unit of a 属地 or 单位 cell such as 安澜县双桥镇石塘村 or 石塘村党支部."""
    plain = _APART.sub("", text.normalise(cell).strip())
    for above in _ABOVE:
        plain = above.sub("", plain)
    town = _TOWN.match(plain)
    rest = plain[town.end() :] if town else plain
    village = _VILLAGE.match(rest)
    name = village.group(1) if village else ""
    unit = "" if name else rest
    return (town.group(1) if town else ""), name, unit


@lru_cache(maxsize=4096)
def short_town(town: str) -> str:
    """A township's name as people write it: 岭背瑶族乡 is 岭背乡, 城西街道办事处 is 城西街道."""
    return _LONG_TOWN.sub("", town)


_WHAT_IT_IS = re.compile(r"(?:社区居委会|居委会|村委会|村|社区|镇|乡|街道)\Z")


@lru_cache(maxsize=4096)
def place_stem(place: str) -> str:
    """A township or village without what it is: 刘坡 of 刘坡村, 刘坡村委会."""
    return _WHAT_IT_IS.sub("", place)


_COUNTY = re.compile(rf"(?:^|[{text.HAN}]{{2,3}}[省市州]|[^{text.HAN}])([{text.HAN}]{{2,3}})县(?![直委纪级])")
_COUNTY_TOLD = re.compile(
    rf"([{text.HAN}]{{2}})县(?=[{text.HAN}]{{1,3}}(?:镇|乡|街道|村|社区)|(?:第[一二三四五]|人民|中)[{text.HAN}]?医院"
    rf"|[{text.HAN}]{{2,6}}?(?:局(?!面|部)|管理所|公司|银行|信用社))"
)
_NO_COUNTY = _LEX.county_stop | NO_NAME
_NO_COUNTY_HAS = text.FUNCTION | frozenset("全本外邻两某老好时由原")  # before 县: no name, but whose


def counties(cells: Iterable[str], texts: Iterable[str]) -> set[str]:
    """Sounds of the counties that cells begin with, or of the first that a text names before a township or a body."""
    told = {text.sound(found.group(1)[-2:]) for cell in cells if "县" in cell and (found := _COUNTY.match(cell))}
    for raw in () if told else texts:
        if (
            "县" in raw
            and (found := _COUNTY_TOLD.search(raw))
            and _NO_COUNTY_HAS.isdisjoint(found.group(1))
            and found.group(1) not in _NO_COUNTY
        ):
            return {text.sound(found.group(1))}
    return told


_MERGED = re.compile(
    rf"(?:([{text.HAN}]{{2,4}})村?)?[和与同跟、]([{text.HAN}]{{2,4}}?)村?(?:[两三四]个?村)?[^,.。;、{text.HAN}]{{0,4}}年?(?:合并|并成|并为)"
)


def merged_villages(plain: str) -> set[str]:
    """What a text calls, without 村, the villages it says were merged: 后窑 and 红土坡 of 后窑与红土坡两村合并为新窑村.

    Where the first begins nothing tells, so all that it may be is given; to be asked only of a text that names a village.
    """
    out: set[str] = set()
    if "合并" not in plain and "并成" not in plain and "并为" not in plain:
        return out
    for first, second in _MERGED.findall(plain):
        first = first.removesuffix("村")
        out |= {first[-size:] for size in range(2, len(first) + 1)} | {second}
    return {name for name in out if not text.FUNCTION & set(name)} - NO_NAME
