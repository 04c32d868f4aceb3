"""Sums, areas, counts and dates in running Chinese text, in Arabic or Chinese numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0, "俩": 2}
_DIGITS |= {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "拾": 10, "佰": 100, "仟": 1000}
_HAN_DIGIT = "〇零○一二两三四五六七八九"
HAN = _HAN_DIGIT + "十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅"
# kind, how many of the base unit (元, 亩, 米), and the unit where it is another one
_MEASURES = dict.fromkeys(("元", "块", "块钱", "元钱"), ("sum", 1.0, "")) | {
    "亩": ("area", 1.0, ""), "公顷": ("area", 15.0, ""), "平方公里": ("area", 1500.0, ""),
    "平方米": ("area", 1.0, "平方米"), "平米": ("area", 1.0, "平方米"), "平方": ("area", 1.0, "平方米"),
    "公里": ("length", 1000.0, ""), "米": ("length", 1.0, ""), "公分": ("length", 0.01, ""),
}  # fmt: skip
_COUNTED = "户人头套盏棵株吨斤次桌瓶名只间座台辆箱根条处口份张栋层岁"
COUNTED = _COUNTED + "块"
MEASURED = (
    "元块圆角毛分亩户人名位个口头只套盏棵株吨斤次回趟桌瓶箱间座台辆部根条处份张栋幢层岁年月日号天点时周期眼米公里方车"
    "包袋家所件把颗桶筐厘%成倍折票字页笔"
)
RATED = MEASURED + "担平小学度"  # 30块一担, 28元一平, 8元一小时: the price of one
# 3万, 3百万, 3万5千2百, 1亿2000万, 1万2000元, 3千5百万, 3万8 and 3万8一亩, but not the 8 of 3万8年
_TIMES = (
    r"(?:[百千万]?[万亿]|[百千])(?:(?<=亿)\d{1,4}千?万)?(?:(?<=万)[\d一二两三四五六七八九]千)?(?:(?<=[万千])\d百)?"
    rf"(?:(?<=万)(?:[1-9]\d{{2,3}}(?=[元块])|[1-9一二两三四五六七八九](?=[块元]|一[{RATED}]|(?![\d.{HAN}{RATED}]))))?"
    r"(?:(?<=\d[千百])[万亿])?"
)
#: an Arabic numeral behind its first digit; thousands stand in groups of three, so that 2000,3000 and 5000,300 are two
ARABIC = (
    r"(?<=\d)\d*(?:(?=,\d{3})(?<!\d{4})(?<!\d,\d)(?<!\d,\d\d)(?<!\d,\d{3})(?:,\d{3})+(?!\d))?(?:\.\d+)?"
    rf"(?:(?=[百千万亿]){_TIMES})?"
)
# a Chinese one behind its first character
_SPOKEN = rf"[{HAN}]{{0,23}}(?:点[{_HAN_DIGIT}]{{1,9}}(?![{_HAN_DIGIT}十])[百千万亿]{{0,2}})?"
_UNIT = rf"(?:[{_COUNTED}亩米]|元钱?|块[钱地田土林石砖板牌]?|公顷|公里|公分|平方公里|平方米|平米|平方)"
# begins with one set of characters, so that the search for it leaps
_NUMBER = re.compile(
    rf"[\d{HAN}](?:{ARABIC}|{_SPOKEN})(?:(?=[多余来几元块亩公平米{_COUNTED}])"
    rf"(?:[多余来几]?{_UNIT}|[多余来几](?:[百千]?[万亿]|[百千](?={_UNIT})){_UNIT}?))?"
)
_PARTS = re.compile(
    rf"(?:(?P<arabic>\d{ARABIC})|(?P<han>[{HAN}]{_SPOKEN}))(?P<about>[多余来几]?)(?P<times>[百千万亿]*)(?P<unit>.*)"
)
_VAGUE = re.compile(rf"[几数][十百千万亿](?![{_HAN_DIGIT}])")  # 几十万, 数百万; but 户数十二
# 三万八千五|一亩: two numerals run together where a digit follows the closing digit of a number with units
RUN_ON = re.compile(r"(?<=[十百千万][一二两三四五六七八九])[一二两三四五六七八九](?![十百千万])")
_UP_TO = re.compile("(?<=一)[二两]|(?<=[二两])三|(?<=三)[四五]|(?<=四)五|(?<=五)六|(?<=六)七|(?<=七)八|(?<=八)九")
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d|[一二][〇零○九]?[〇零○一二三四五六七八九]{2,3})"
    # 2021.3 and 2021-2023年; 1998.5万元, 2005.3平方米, 2000-3000元 and the parts of a telephone number are none
    r"(?:年|-(?=(?:19|20)\d\d年)|[./-](?=(?:0?[1-9]|1[0-2])(?:[./-]\d|月|(?![\d.万千百亿元块亩米吨斤]|平方|平米|公里))))"
    r"(?:(?P<m>1[0-2]|0?[1-9]|十[一二]?|[元一二三四五六七八九])(?:月|[./-](?=\d)))?"
)
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|.")


def value_of(numeral: str) -> float | None:
    """Value of a numeral as people write it.

    三万八千五 is 38500, 六十四万八 is 648000, 3万5千 is 35000, 1,200 is 1200, 廿五 is 25, 二〇二一 is 2021.

    Returns
    -------
    float or None
        None when it is none.
    """
    if numeral.isascii():
        return float(numeral.replace(",", ""))
    if "点" in numeral:
        whole, _, fraction = numeral.partition("点")
        unit = 1
        while fraction and fraction[-1] in _UNITS:
            unit *= _UNITS[fraction[-1]]
            fraction = fraction[:-1]
        head = value_of(whole)
        if head is None or any(c not in _DIGITS for c in fraction):
            return None
        return (head + float("0." + ("".join(str(_DIGITS[c]) for c in fraction) or "0"))) * unit
    if all(c in _DIGITS for c in numeral):
        return float("".join(str(_DIGITS[c]) for c in numeral))
    total = section = digit = 0.0
    last_unit = 1
    for token in _TOKEN.findall(numeral.replace("廿", "二十").replace("卅", "三十")):
        unit = _UNITS.get(token, 0)
        if not unit:
            digit = _DIGITS[token] if token in _DIGITS else float(token.replace(",", ""))
            if digit == 0 or len(token) > 1:
                last_unit = 10  # 三万零五, 3万500: no more than it says
            continue
        if unit >= 10_000:
            total = (total + section + digit) * unit if unit > 10_000 else total + (section + digit or 1) * unit
            section = 0
        else:
            section += (digit or 1) * unit
        digit, last_unit = 0, unit
    return total + section + digit * (last_unit // 10 if last_unit >= 100 else 1)


def canonical(value: float) -> str:
    """Write a number without trailing zeros: 468000, 86.4."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def numbers(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Find sums (yuan), areas, lengths and counts.

    Yields
    ------
    (kind, value, start, end)
        kind is ``sum``, ``area``, ``length`` or ``count``; a count's value ends with its measure word.
    """
    for match in _NUMBER.finditer(text):
        kind, value, length = _told(match[0])
        if kind:
            start = match.start()
            if not (start and text[start - 1] in "几数" and _VAGUE.match(text, start - 1)):
                yield kind, value, start, start + length


@lru_cache(maxsize=1 << 14)
def _told(number: str) -> tuple[str, str, int]:
    """Kind, value and length of a number with its measure word; kind '' when it counts for nothing."""
    parts = _PARTS.fullmatch(number)
    assert parts is not None
    han, times, unit = parts["han"], parts["times"], parts["unit"]
    numeral, length = han or parts["arabic"], len(number)
    if han:
        about = parts["about"]
        if "点" not in han and (len(han) == 2 or any(c in _UNITS for c in han)):
            numeral = _UP_TO.sub("", han)  # 二十三四岁, 五六万元: no less than this
            about += han[len(numeral) :]
        alone = len(numeral) == 1 and not times
        if alone and (about or han in "百千万亿" or han + unit == "一块" or unit[:1] not in ("元", "块", "亩")):
            return "", "", 0
        if cut := RUN_ON.search(numeral):
            return "sum", canonical(value_of(numeral[: cut.start()]) or 0), cut.start()
    value = value_of(numeral)
    if value is None:
        return "", "", 0
    for c in times:
        value *= _UNITS[c]
    if unit in _MEASURES:
        kind, base, other = _MEASURES[unit]
        return kind, canonical(value * base) + other, length
    if unit and not (han and len(han) == 1 and not times):
        return "count", canonical(value) + unit[0], length - len(unit) + 1  # 14块地 are 14块
    # told without a measure word 十来万 is not 10万, and 千万 and 万一 are no numbers
    if not times and numeral[0] not in "百千万亿" and any(c in "万千亿" for c in numeral):
        return "sum", canonical(value), length
    return "", "", 0


def dates(text: str) -> Iterator[tuple[str, int, int]]:
    """Find years and months: yields (``2021`` or ``2021-09``, start, end)."""
    if not any(mark in text for mark in "年./-"):  # most texts that are asked about are short
        return
    for match in _DATE.finditer(text):
        year = match["y"]
        if not year.isdigit():
            if any(c not in _DIGITS for c in year) or len(year) != 4:
                continue
            year = "".join(str(_DIGITS[c]) for c in year)
        if not "1950" <= year <= "2099":
            continue
        month = match["m"]
        if not month:
            yield year, match.start(), match.end()
            continue
        number = 1 if month == "元" else int(value_of(month) or 0)
        yield f"{year}-{number:02d}", match.start(), match.end()
