"""Numbers and days as filings write them, and which of them were stated before in the same matter.

陆仟元 states what 6000元 stated; 一百二十多万 and 近三百万 only restate 128.6万元 and 297.6万元; 14块 is not 14眼.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from repeatdetect import numerals
from repeatdetect.ragged import Doubles, Flags, Index

Keys = npt.NDArray[np.uint64]

_HAN, _MEASURES, _RATED = numerals.HAN, numerals.MEASURED, numerals.RATED
_RANGES = frozenset(a + b for a, b in zip("一二两三四五六七八", "二三三四五六七八九", strict=True))  # 六七年
_ONE_UNIT = {
    c: group[0] for group in ("元块圆", "人名位个口", "日号天", "次回趟", "栋幢", "棵株", "辆台部") for c in group
}
_TIMES = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_UNIT = {c: ord(_ONE_UNIT.get(c, c)) for c in _MEASURES}
_YEAR = ord("年")
_ROUGH_BEFORE = ("近", "约", "上", "将近", "大约", "至少", "不足", "不到", "差不多", "好几")
_ROUGH_ENDS = frozenset(word[-1] for word in _ROUGH_BEFORE)  # few numbers stand behind one of them
_PATTERN = re.compile(
    rf"(?=[\d{_HAN}])(?:"
    r"(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月"
    r"(?P<day>[12]\d|3[01]|[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
    rf"|(?P<whole>\d+|[{_HAN}]{{1,4}})(?P<coin>[块元毛角])(?P<tenth>[1-9一二三四五六七八九])(?:[毛角分]|(?=一[{_RATED}])|(?![\d{_HAN}{_RATED}]))"
    rf"|(?:(?P<arabic>\d{numerals.ARABIC})"
    rf"|(?P<han>[{_HAN}]+?[百千万亿](?=一[{_RATED}])|[{_HAN}]{{2,}}(?:点[〇零一二三四五六七八九]+[万亿]?)?)"
    rf"|(?P<one>[二两三四五六七八九十])(?=[{_MEASURES}多余几来]))"
    r"(?:(?P<rough>[多余几来])(?P<times>[万千百亿]{0,2}))?)"
)
_DAY, _EXACT, _COUNTED, _LEADING = range(4)
_LARGEST = 1e12
_LEADS = 3  # leading digits a rounded number may keep


@dataclass(frozen=True)
class Figures:
    """Numbers of a text, in order.

    Attributes
    ----------
    start, end : int64, shape (figures,)
    value : float64, shape (figures,)
        For a day of the year 32 times the month plus the day.
    unit : int64, shape (figures,)
        Code of the measure word; 0 when there is none.
    rough, day : bool, shape (figures,)
        Given only roughly (三十多); a day of the year (9月14日).
    digits : int64, shape (figures,)
        Significant digits.
    """

    start: Index
    end: Index
    value: Doubles
    unit: Index
    rough: Flags
    day: Flags
    digits: Index

    @staticmethod
    def scan(plain: str) -> Figures:
        """Numbers of normalised text; those below two and the numerals of an enumeration are none."""
        rows = []
        known: dict[str, _Written] = {}
        for match in _PATTERN.finditer(plain):
            words, start = match.group(), match.start()
            written = known.get(words)
            if written is None:
                written = known[words] = _Written.of(match)
            end = start + written.length
            if written.day or written.unit:
                rows.append((start, end, written.value, written.unit, False, written.day))
                continue
            after = plain[end : end + 1]
            if written.value in (0, 1) or words in _RANGES or (written.value <= 20 and after in ("、", ".", ")")):
                continue
            unit = _UNIT.get(after, 0)
            rough = written.rough or (
                plain[start - 1] in _ROUGH_ENDS and plain.endswith(_ROUGH_BEFORE, max(0, start - 3), start)
            )
            rows.append((start, end, written.value, unit, rough, False))
        starts, ends, values, units, roughly, days = zip(*rows, strict=True) if rows else ((),) * 6
        value_of = np.array(values, np.float64)
        return Figures(
            np.array(starts, np.int64), np.array(ends, np.int64), value_of, np.array(units, np.int64),
            np.array(roughly, bool), np.array(days, bool), _significant(value_of),
        )  # fmt: skip

    @property
    def year(self) -> Flags:
        """Whether each is a year of our time."""
        out: Flags = ~self.day & (self.unit == _YEAR) & (self.value >= 1950) & (self.value < 2100)
        return out

    def known(self, matter: Index, time: Index) -> Flags:
        """Whether each figure was stated in its matter at an earlier time.

        Parameters
        ----------
        matter, time : int64, shape (figures,)
            Matters below 65,536; times of figures in the order of the text need not ascend.
        """
        of = matter.astype(np.uint64) << np.uint64(48)
        everything = np.ones(len(self.value), bool)
        stated = [(everything, self._exact()), (everything, self._counted(self.unit))]
        for n in range(1, _LEADS + 1):
            stated.append((everything, self._leading(np.full(len(self.value), n))))
            stated.append((self.digits > n, self._leading(np.full(len(self.value), n), 1)))
        keys = np.concatenate([(of | key)[chosen] for chosen, key in stated])
        when = np.concatenate([time[chosen] for chosen, _ in stated])
        order = np.argsort(when, kind="stable")
        keys, first = np.unique(keys[order], return_index=True)
        when = when[order][first]
        out = np.zeros(len(self.value), bool)
        for chosen, key in self._asked():
            at = np.minimum(np.searchsorted(keys, of | key), max(len(keys) - 1, 0))
            if len(keys):
                out |= chosen & (keys[at] == (of | key)) & (when[at] < time)
        return out

    def _asked(self) -> list[tuple[Flags, Keys]]:
        """What makes a figure a known one, each with the figures it applies to."""
        value, digits = self.value, self.digits
        return [
            ((value >= 100) | (self.unit == 0) | self.day, self._exact()),
            (~self.day, self._counted(self.unit)),
            (~self.day & (value < 100), self._counted(np.zeros_like(self.unit))),
            ((self.unit == _UNIT["个"]) & (digits > 1), self._exact()),
            (~self.day & (value >= 1000) & (digits > 1) & (digits <= _LEADS), self._leading(digits)),
            (~self.day & (value >= 10_000) & (digits == 1), self._leading(np.full_like(digits, 2))),
            (~self.day & self.rough & (value >= 10), self._leading(np.minimum(digits, 2))),
        ]

    def _exact(self) -> Keys:
        return _key(np.where(self.day, _DAY, _EXACT), np.round(self.value * 100))

    def _counted(self, unit: Index) -> Keys:
        mixed = np.round(self.value * 100).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (unit.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F))) >> np.uint64(19)
        return _key(np.where(self.day, _DAY, _COUNTED), np.where(self.day, 0, mixed))

    def _leading(self, n: Index, more: int = 0) -> Keys:
        """The first `n` digits and how large the number is; rounded up by `more`."""
        safe = np.maximum(self.value, 1e-3)
        power = np.floor(np.log10(safe) + 1e-9) - n + 1
        lead = np.floor(safe / 10.0**power + 1e-6) + more
        kind = np.where(self.day, _DAY, _LEADING)
        return _key(kind, np.where(self.day, 0, lead * 1024 + (power + 16) * 8 + n))


class _Written(NamedTuple):
    """What the words of a figure say whatever stands around them; `length` of them say it."""

    length: int
    value: float
    unit: int = 0
    rough: bool = False
    day: bool = False

    @staticmethod
    def of(match: re.Match[str]) -> _Written:
        words = match.group()
        if match["month"]:
            return _Written(len(words), 32 * _value(match["month"]) + _value(match["day"]), day=True)
        if match["coin"]:
            value = _value(match["whole"]) + _value(match["tenth"]) / 10
            value = round(value if match["coin"] in "块元" else value / 10, 2)
            return _Written(len(words), value, ord("元"))
        run_on = numerals.RUN_ON.search(match["han"]) if match["han"] else None
        if run_on:  # 三百九十八|一套
            words = words[: run_on.start()]
        value = _value(words if run_on else match["arabic"] or match["han"] or match["one"])
        for c in "" if run_on else match["times"] or "":
            value *= _TIMES[c]
        return _Written(len(words), min(value, _LARGEST), rough=match["rough"] is not None)


def _key(kind: npt.NDArray[np.int64], payload: npt.NDArray[np.generic]) -> Keys:
    """Kind and payload in 48 bits."""
    bits = payload.astype(np.uint64) & np.uint64(0x1FFFFFFFFFFF)
    out: Keys = (kind.astype(np.uint64) << np.uint64(45)) | bits
    return out


def _value(numeral: str) -> float:
    return numerals.value_of(numeral) or 0.0


def _significant(value: Doubles) -> Index:
    """Significant digits of each number, at most six."""
    safe = np.maximum(value, 1e-3)
    power = np.floor(np.log10(safe) + 1e-9)
    out = np.full(len(value), 6, np.int64)
    for n in range(5, 0, -1):
        lead = safe / 10.0 ** (power - n + 1)
        out[np.abs(lead - np.round(lead)) < 1e-6 * lead] = n
    return out
