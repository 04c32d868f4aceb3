"""Sums, areas, counts and dates in running Chinese text, in Arabic or Chinese numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0, "俩": 2}
_DIGITS |= {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "拾": 10, "佰": 100, "仟": 1000}
_HAN_NUMBER = "〇零○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_MEASURES = {
    "元": "sum", "块": "sum", "块钱": "sum", "元钱": "sum", "多块": "sum", "亩": "area", "平方米": "area",
    "平米": "area", "平方": "area", "公里": "length", "米": "length", "公分": "length",
}  # fmt: skip
COUNTED = "户人头套盏棵株吨斤次桌瓶名只间座台辆箱根条处口份张栋层岁"
_NUMBER = re.compile(
    rf"(?P<dec>\d[\d,]*(?:\.\d+)?)(?P<decmul>[万千百亿]?)|(?P<han>[{_HAN_NUMBER}]{{1,14}}(?:点[{_HAN_NUMBER}]+)?)"
)
# 三万八千五|一亩: two numerals run together where a digit follows the closing digit of a number with units
RUN_ON = re.compile(r"(?<=[十百千万][一二两三四五六七八九])[一二两三四五六七八九](?![十百千万])")
_UNIT = re.compile(rf"(?:多|余|来|几)?(?P<unit>元钱|块钱|元|块|亩|平方米|平米|平方|公里|公分|米|[{COUNTED}])")
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d|[一二][〇零○九]?[〇零○一二三四五六七八九]{2,3})(?:年|[./-](?=\d))"
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
        han = match["han"]
        if han:
            if len(han) == 1 and match.end() < len(text) and text[match.end()] not in "元块亩":
                continue
            cut = RUN_ON.search(han)
            if cut:
                yield "sum", canonical(han_value(han[: cut.start()]) or 0), match.start(), match.start() + cut.start()
                continue
            value = han_value(han)
        else:
            value = float(match["dec"].replace(",", "")) * _UNITS.get(match["decmul"], 1)
        if value is None:
            continue
        unit = _UNIT.match(text, match.end())
        name = unit["unit"] if unit else ""
        end = unit.end() if unit else match.end()
        if name in _MEASURES:
            yield _MEASURES[name], canonical(value), match.start(), end
        elif name and not (han and len(han) == 1):
            yield "count", canonical(value) + name, match.start(), end
        elif (han and len(han) > 1 and ("万" in han or "千" in han)) or match["decmul"] in ("万", "千", "亿"):
            yield "sum", canonical(value), match.start(), match.end()


def dates(text: str) -> Iterator[tuple[str, int, int]]:
    """Find years and months: yields (``2021`` or ``2021-09``, start, end)."""
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
