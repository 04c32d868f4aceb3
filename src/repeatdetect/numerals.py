"""Sums, areas, counts and dates in running Chinese text, in Arabic or Chinese numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0, "俩": 2}
_DIGITS |= {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "拾": 10, "佰": 100, "仟": 1000}
_HAN_NUMBER = "〇零○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_MEASURES = {
    "元": "sum", "块": "sum", "块钱": "sum", "元钱": "sum", "多块": "sum", "亩": "area", "平方米": "area",
    "平米": "area", "平方": "area", "公里": "length", "米": "length", "公分": "length",
}  # fmt: skip
COUNTED = "户人头套盏棵株吨斤次桌瓶名只间座台辆箱根条处口份张栋层岁"
# begins with one set of characters, so that the search for it leaps
_NUMBER = re.compile(
    rf"[\d{_HAN_NUMBER}](?:(?<=\d)[\d,]*(?:\.\d+)?[万千百亿]?|[{_HAN_NUMBER}]{{0,13}}(?:点[{_HAN_NUMBER}]+)?)"
    rf"(?:[多余来几]?(?:元钱|块钱|元|块|亩|平方米|平米|平方|公里|公分|米|[{COUNTED}]))?"
)
_PARTS = re.compile(
    rf"(?:(?P<dec>\d[\d,]*(?:\.\d+)?)(?P<decmul>[万千百亿]?)|(?P<han>[{_HAN_NUMBER}]+(?:点[{_HAN_NUMBER}]+)?))"
    r"(?P<about>[多余来几]?)(?P<unit>.*)"
)
# 三万八千五|一亩: two numerals run together where a digit follows the closing digit of a number with units
RUN_ON = re.compile(r"(?<=[十百千万][一二两三四五六七八九])[一二两三四五六七八九](?![十百千万])")
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d|[一二][〇零○九]?[〇零○一二三四五六七八九]{2,3})"
    # 2021.3 and 2021-2023年; 1998.5万元, 2000-3000元 and the parts of a telephone number are none
    r"(?:年|-(?=(?:19|20)\d\d年)|[./-](?=(?:0?[1-9]|1[0-2])(?:[./-]\d|月|(?![\d.万千百亿元块亩]))))"
    r"(?:(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?:月|[./-](?=\d)))?"
)


def han_value(text: str) -> float | None:
    """Value of a Chinese numeral as people write it: 三万八千五 is 38500, 六十四万八 is 648000, 二〇二一 is 2021.

    Returns
    -------
    float or None
        None when `text` is no numeral.
    """
    if "点" in text:
        whole, _, fraction = text.partition("点")
        unit = 1
        while fraction and fraction[-1] in _UNITS:
            unit *= _UNITS[fraction[-1]]
            fraction = fraction[:-1]
        head = han_value(whole)
        if head is None or any(c not in _DIGITS for c in fraction):
            return None
        return (head + float("0." + ("".join(str(_DIGITS[c]) for c in fraction) or "0"))) * unit
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    last_unit = 1
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
            if digit == 0:
                last_unit = 10  # 三万零五: the five is five
            continue
        unit = _UNITS[c]
        if unit >= 10_000:
            total = (total + section + digit) * unit if unit > 10_000 else total + (section + digit or 1) * unit
            section = 0
        else:
            section += (digit or 1) * unit
        digit, last_unit = 0, unit
    return float(total + section + digit * (last_unit // 10 if last_unit >= 100 else 1))


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
            yield kind, value, match.start(), match.start() + length


@lru_cache(maxsize=1 << 14)
def _told(number: str) -> tuple[str, str, int]:
    """Kind, value and length of a number with its measure word; kind '' when it counts for nothing."""
    parts = _PARTS.fullmatch(number)
    assert parts is not None
    han, unit = parts["han"], parts["unit"]
    if han:
        if len(han) == 1 and (parts["about"] or unit[:1] not in ("元", "块", "亩")):
            return "", "", 0
        cut = RUN_ON.search(han)
        if cut:
            return "sum", canonical(han_value(han[: cut.start()]) or 0), cut.start()
        value = han_value(han)
    else:
        value = float(parts["dec"].replace(",", "")) * _UNITS.get(parts["decmul"], 1)
    if value is None:
        return "", "", 0
    if unit in _MEASURES:
        return _MEASURES[unit], canonical(value), len(number)
    if unit and not (han and len(han) == 1):
        return "count", canonical(value) + unit, len(number)
    if (han and len(han) > 1 and ("万" in han or "千" in han)) or parts["decmul"] in ("万", "千", "亿"):
        return "sum", canonical(value), len(number)
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
        number = int(month) if month.isdigit() else int(han_value(month) or 0)
        yield f"{year}-{number:02d}", match.start(), match.end()
