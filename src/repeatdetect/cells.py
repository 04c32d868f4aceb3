"""One cell of a table as text or as a date, however a system wrote it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import numerals

CHINA = timezone(timedelta(hours=8))  # moments with a zone, and epoch seconds, are read as China's civil time
_EXCEL_EPOCH = datetime(1899, 12, 30)
_UNUSUAL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n"}
_EXACT = 15  # digits that Excel keeps of a number
_NOTHING = "".join(map(chr, range(33))) + "\ufeff\u3000\xa0"
_DATE = re.compile(
    r"(\d{4})\s*(?:[-—]{1,2}|[年/.、])\s*(\d{1,2})"
    # a day, maybe with the time glued to it; a month may stand alone, but what follows it and is no day is a slip
    r"(?:\s*(?:[-—]{1,2}|[月/.、])\s*(?:(\d{1,2})(?!\d)|(\d\d)(?=\d\d:\d\d))|(?=\s*(?:月份?)?\s*\Z))\s*(?:日|号)?"
    r"[T\s]*(?:[(]?(?:星期|周)[一二三四五六日天][)]?\s*)?(上午|下午|晚上|晚|凌晨|中午|AM|PM)?\s*"
    r"(?:(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*[:分]?\s*(?:(\d{1,2})\s*秒?)?)?(?:[.,]\d+)?)?\s*(AM|PM)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"(1[3-9]|[2-9]\d)(?=\s*[-年/.、]\s*\d{1,2}\s*[-月/.、]\s*\d{1,2}(?!\d))")  # no month
_FIRST = np.datetime64("1949-01-01", "s")  # earlier dates are slips, and so are those further ahead than these
_SLIPS, _DEADLINES = timedelta(days=367), timedelta(days=20 * 366)
_NUMERAL = re.compile(rf"元(?=月)|[{numerals.HAN}]+(?=\s*[年月日号])|(?<=月)[{numerals.HAN}]+\Z")


def blank(cell: object) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT, NA, white space or control characters."""
    if isinstance(cell, str):
        return not cell or not cell.strip(_NOTHING)
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    return isinstance(cell, (float, np.floating, np.datetime64)) and bool(cell != cell)


def as_text(cell: object) -> str:
    """One cell as text.

    12.0 becomes 12, of a number of more than 15 digits that was stored as a float the others, which are lost, become
    ``*``; dates ISO, lists are joined by 、; line ends become ``\\n``; other control characters, which stores
    and workbooks put between cells or refuse, and unpaired surrogates go. Everything else stands as it is.
    """
    if isinstance(cell, str):
        return _clean(cell) if _UNUSUAL.search(cell) else cell
    if blank(cell):
        return ""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer() and abs(float(cell)) < 1e22:
        digits = str(int(cell))
        return digits[:_EXACT] + "*" * (len(digits) - _EXACT) if _rounded(cell) else digits
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time.min else cell.date().isoformat()
    if isinstance(cell, (list, tuple, np.ndarray)):
        return "、".join(as_text(item) for item in cell)
    if isinstance(cell, dict):
        return as_text(json.dumps(cell, ensure_ascii=False, default=str))
    return as_text(str(cell))


def as_texts(cells: list[Any]) -> list[str]:
    """`as_text` of each cell of a column."""
    plain = set(map(type, cells)) == {str} and not _UNUSUAL.search("".join(cells))
    return held_once(cells if plain else map(as_text, cells))


def _rounded(cell: object) -> bool:
    return isinstance(cell, (float, np.floating)) and 10.0**_EXACT <= float(cell) < float("inf")


def rounded(cells: list[Any]) -> list[int]:
    """Places of numbers the last digits of which were lost when Excel stored them."""
    plain = all(issubclass(kind, str) for kind in set(map(type, cells)))
    return [] if plain else [at for at, cell in enumerate(cells) if _rounded(cell)]


def held_once(texts: Iterable[str]) -> list[str]:
    """The same texts, equal ones as one object: most cells of most columns are like others."""
    known: dict[str, str] = {}
    once = known.setdefault
    return [once(text, text) for text in texts]


def _clean(cell: str) -> str:
    plain = cell.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    return plain.encode("utf-8", "replace").decode("utf-8")


def ids_in(cell: str) -> list[str]:
    """Ids of filings that a cell lists."""
    return [name for name in re.split(r"[、,，;；\s]+", cell) if name]


def as_date(cell: object) -> datetime | None:
    """One cell as a date, None when it is none.

    Datetimes, Excel serials, 2021/3/5 9:01, 2021年3月5日, 2021.3.5, 2021、3、5, 2021.3, 20210305, 20210305090100, ISO with or without
    a zone, 下午3:05, epoch seconds and milliseconds, 二〇二一年三月五日, 2021年元月5日; 21-3-5 and 98-3-5, but no year below 13 in two
    digits, which may as well be a month or, with the year behind it, a day.
    """
    if blank(cell):
        return None
    if isinstance(cell, np.datetime64):
        cell = pd.Timestamp(cell).to_pydatetime()
    if isinstance(cell, datetime):
        return (cell.astimezone(CHINA) if cell.tzinfo else cell).replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    text = unicodedata.normalize("NFKC", as_text(cell)).strip().strip("'’‘")
    try:
        if text.replace(".", "", 1).isdecimal():
            return _from_number(text)
        return _from_words(_NUMERAL.sub(_arabic, text))
    except (ValueError, OverflowError):
        return None


def as_dates(cells: pd.Series, ahead: bool = False) -> tuple[npt.NDArray[np.datetime64], list[int]]:
    """A column as dates, shape (n,), and the places of cells that are not blank and no date that can be.

    Parameters
    ----------
    cells : Series
        Of any type.
    ahead : bool
        Whether the dates may lie years ahead, as deadlines do.
    """
    last = np.datetime64(datetime.now() + (_DEADLINES if ahead else _SLIPS), "s")
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind == "M":
        values, given = cells.to_numpy().astype("datetime64[s]"), np.zeros(len(cells), bool)
    else:
        known: dict[object, datetime | None] = {}
        found, given = [], np.zeros(len(cells), bool)
        for at, cell in enumerate(cells.tolist()):
            key = (type(cell), cell) if isinstance(cell, (str, int, float, date)) else as_text(cell)
            if key not in known:
                known[key] = as_date(cell)
            found.append(known[key])
            given[at] = not blank(cell)
        values = np.array(found, "datetime64[s]")
    slips = (values < _FIRST) | (values > last)
    lost = np.flatnonzero(slips | (np.isnat(values) & given))
    values[slips] = np.datetime64("NaT")
    return values, lost.tolist()


def _arabic(numeral: re.Match[str]) -> str:
    """二〇二一 as 2021, 二一 and 二十一 as 21, the 元 of 元月 as 1."""
    return "1" if numeral[0] == "元" else str(int(numerals.value_of(numeral[0]) or 0))


def _with_century(match: re.Match[str]) -> str:
    """23 as 2023, 98 as 1998."""
    year = int(match.group(1))
    return str(year + (2000 if year <= datetime.now().year % 100 + 1 else 1900))


def _from_number(text: str) -> datetime | None:
    whole, _, rest = text.partition(".")
    if not rest.strip("0"):
        if len(whole) == 8:
            return datetime.strptime(whole, "%Y%m%d")
        if len(whole) in (12, 14) and whole[:2] in ("19", "20"):
            return datetime.strptime(whole, "%Y%m%d%H%M%S"[: len(whole) - 2])
    elif len(whole) == 4:
        return _from_words(text)  # 2021.3
    value = float(text)
    if 10_000 <= value < 80_000:
        return _EXCEL_EPOCH + timedelta(seconds=round(value * 86400))
    if 1e9 <= value < 1e10 or 1e12 <= value < 1e13:
        seconds = value if value < 1e10 else value / 1000
        return datetime.fromtimestamp(int(seconds), CHINA).replace(tzinfo=None)
    return None


def _from_words(text: str) -> datetime | None:
    packed = re.match(r"(\d{4})(\d\d)(\d\d)(?=[\sT])", text)
    if packed:
        text = "-".join(packed.groups()) + text[packed.end() :]
    match = _DATE.match(_SHORT_YEAR.sub(_with_century, text, count=1) if _SHORT_YEAR.match(text) else text)
    if not match:
        return None
    year, month, alone, glued, half, hour, minute, second, half_after, zone = match.groups()
    day = alone or glued
    at_night = hour == "24"  # the end of the day
    hour = "0" if at_night else hour
    moment = datetime(int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
    moment += timedelta(days=at_night)
    half = (half or half_after or "").upper()
    if half in ("下午", "晚上", "晚", "PM") and moment.hour < 12:
        moment += timedelta(hours=12)
    elif half in ("凌晨", "上午", "AM") and moment.hour == 12:
        moment -= timedelta(hours=12)
    if zone and hour:
        sign = -1 if zone[0] == "-" else 1
        digits = zone[1:].replace(":", "") or "0000"
        moment += timedelta(hours=8) - sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment
