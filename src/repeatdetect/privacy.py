"""Masking of petitioners' identities for pages and lists that more people see than the office.

Names become 某, numbers and house addresses become ＊, character for character, so that a span found in a text is a
span of the masked text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import ahocorasick_rs
import pandas as pd

from repeatdetect import lexicon, text
from repeatdetect.namelist import names_in, number_pieces, numbers_in, only_surname
from repeatdetect.persons import is_surname, surname_of
from repeatdetect.signers import listed, self_named

#: columns that tell who filed, and which of their cells are no more than a place
HIDDEN = ("petitioner", "id_number", "phone", "address", "place", "unit")
_HAN_DIGITS = "〇零一二三四五六七八九幺两"
_NUMBERS = (
    re.compile(r"(?<!\d)\d(?:[\s\-]?\d){16}[\s\-]?[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)"),  # identity cards
    re.compile(r"(?<!\d)1(?:[\s\-]?\d){10}(?!\d)|(?<!\d)0\d{2,3}[)\s\-]{0,2}\d{3,4}[\s\-]?\d{4}(?!\d)"),  # telephones
    re.compile(r"(?<!\d)\d(?:[\s\-]?\d){15,18}(?!\d)"),  # bank cards
    re.compile(rf"[{_HAN_DIGITS}]{{11,}}"),
    re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}+@[\w\-]{1,64}+(?:\.[\w\-]{1,64}+)+", re.ASCII),
)
_REACHED_AT = re.compile(
    r"(?:电话|手机|联系|微信|[Qq]{2}|号码|身份证|证件|银行卡|卡号|账号)[^\d\n。;]{0,8}?"
    r"([A-Za-z0-9](?:[A-Za-z0-9_\-]|(?<=\d) (?=\d{3,4}(?!\d))){5,})"
)
_LOCAL = re.compile(r"0(?:10|2\d|[3-9]\d\d)-?(\d{7,8})\Z")  # behind the code of the area
_HAN = rf"[{text.HAN}]"
_POST = r"(?:副?(?:书记|主任|支书|[村镇乡县局所站校组队院科股]长|会计|文书|经理)|总|老板|工)"
_ADDRESS = r"(?:师傅|大[爷叔伯哥姐娘妈婶嫂]|阿姨|先生|女士|老[汉伯人师]|嫂子|某{1,2})"
_DOUBLE = "|".join(sorted(lexicon.load().double_surnames))
#: 老石, 石师傅
_CALLED = re.compile(
    rf"(?:(?<!{_HAN})|(?<=[我的给找问跟和向对是叫让]))老(?P<old>{_DOUBLE}|{_HAN})(?!{_HAN}?[村镇乡家])|(?P<addressed>{_DOUBLE}|{_HAN}){_ADDRESS}"
)
_HOLDER = re.compile(rf"(?P<surname>{_DOUBLE}|{_HAN})某*{_POST}")
# 丁贵我亲眼看见, 他们问丁贵.
_ALONE_BEFORE = re.compile(rf"(?:\A|[^{text.HAN}]|[我叫的给找问])\Z")
_ALONE_AFTER = re.compile(r"我|本人|家|[,。;:!?)]|\Z")
#: 我的车牌是湘N12345; the car of an accused is a fact
_OWN_PLATE = re.compile(
    rf"(?:我|本人|我们?家|自家)的?{_HAN}{{0,6}}(?:车|车牌|牌照|牌号|摩托)[^,。;\n]{{0,8}}?([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][ ·]?[A-Za-z0-9]{{5,6}})"
)
_OWN_HOME = re.compile(r"(?:我家?的?(?:住在?|门牌|地址)|家住|住址)[^,。;\n]{0,20}")
_HOUSE = re.compile(r"[\d一二三四五六七八九十]+\s*(?:组|社|号|栋|幢|单元|室|弄|队|户)")
#: an address that says more than the village: 卧牛村中坝组
_HOME = re.compile(rf"{_HOUSE.pattern}|(?:村|社区)(?![委民支党监居])\w{{2,}}")
_WITHIN_TOWN = re.compile(rf"^[{text.HAN}]+?(?:镇|乡(?!村)|街道)")


def mask_number(value: str) -> str:
    """Identity card, telephone, bank card numbers and mail addresses become ＊, of the same length."""
    plain = text.normalise(value)
    spans = [match.span() for pattern in _NUMBERS for match in pattern.finditer(plain)]
    spans += [match.span(1) for match in _REACHED_AT.finditer(plain)]
    return _covered(value, spans, "＊")


def _covered(value: str, spans: Iterable[tuple[int, int]], mark: str) -> str:
    out = list(value)
    for start, end in spans:
        for at in range(start, end):
            if not out[at].isspace():
                out[at] = mark
    return "".join(out)


def _called_for_short(plain: str, name: str, accused: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a text calls who filed it 老石, 石师傅 or 丁贵; not where it accuses somebody whom this may mean, too."""
    surname = surname_of(name)
    given = name[len(surname) :]
    others = [one for one in accused if one in plain and one != name]
    if not any(surname_of(one) == surname for one in others):
        spans = [m.span() for m in _CALLED.finditer(plain) if surname in (m["old"], m["addressed"])]
        if spans and not any(m["surname"] == surname for m in _HOLDER.finditer(plain)):  # 石书记
            yield from spans
    if len(given) == 2 and given in plain and not any(one.endswith(given) for one in others):
        for match in re.finditer(given, plain):
            if _ALONE_BEFORE.search(plain[max(0, match.start() - 1) : match.start()]) and _ALONE_AFTER.match(
                plain, match.end()
            ):
                yield match.span()


def _written(cell: str) -> set[str]:
    """The numbers of a cell as texts may write them, without blanks."""
    numbers = {re.sub(r"\s", "", piece) for piece in number_pieces(text.normalise(cell))} | set(numbers_in(cell))
    numbers |= {local.group(1) for number in numbers if (local := _LOCAL.match(number))}
    return {number for number in numbers if len(number) >= 6}


class Masker:
    """Hides the petitioners of an export wherever their names stand.

    Parameters
    ----------
    filings : DataFrame
        Canonical filings; ``HIDDEN``, ``accused`` and ``text`` are read.
    others : DataFrame, optional
        ``HIDDEN`` of further filings, such as those of earlier nights: their petitioners are hidden, too.

    Notes
    -----
    Names are hidden in every text and title, not only in the filing they signed, in any width or script
    and with blanks inside (柴 守 田). A name a text gives itself (我叫…, a signature line) is hidden in that text even
    when the form leaves it blank. An accused who petitioned in another matter is hidden, too.
    """

    def __init__(self, filings: pd.DataFrame, others: pd.DataFrame | None = None) -> None:
        known = filings if others is None else pd.concat([filings[list(HIDDEN)], others[list(HIDDEN)]])
        cells = known["petitioner"].unique()
        self._number = {name: k for k, name in enumerate(dict.fromkeys(n for cell in cells for n in names_in(cell)), 1)}
        places = {text.normalise(p) for name in ("place", "unit") for p in known[name].unique()}
        words: set[str] = set(self._number)
        for name in ("id_number", "phone"):
            words.update(number for cell in known[name].unique() for number in _written(cell) if number not in places)
        for cell in known["address"].unique():
            plain = re.sub(r"\s", "", text.normalise(cell))
            # a bare village is where the matter lies; a house is where somebody lives
            if plain not in places and _HOME.search(plain):
                words.add(plain)
                if (tail := _WITHIN_TOWN.sub("", plain)) and _HOME.search(tail):
                    words.add(tail)  # 东湾村三组12号 of 云溪镇东湾村三组12号
        self._words = sorted(words)
        self._texts = filings["text"].tolist()
        self._accused = [text.normalise(cell) for cell in filings["accused"].unique()]
        self._named_accused = frozenset(name for cell in self._accused for name in names_in(cell))
        self._accused_by: dict[str, set[str]] = defaultdict(set)  # by surname and by the end of the name
        for name in self._named_accused:
            self._accused_by[surname_of(name)].add(name)
            self._accused_by[name[-2:]].add(name)
        self._full_names: dict[str, frozenset[str]] = {}  # text or title -> full names of who filed it
        for cell, *raw in filings[["petitioner", "title", "text"]].itertuples(index=False):
            if full := frozenset(
                name for name in names_in(cell) if is_surname(surname_of(name)) and not only_surname(name)
            ):
                for value in raw:
                    self._full_names[value] = self._full_names.get(value, frozenset()) | full

    @cached_property
    def _automaton(self) -> Any:
        return ahocorasick_rs.AhoCorasick(self._words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def petitioner(self, cell: str) -> str:
        """A stable stand-in for a 信访人 cell: 信访人3、信访人7."""
        numbers = [self._number[name] for name in names_in(cell) if name in self._number]
        return "、".join(f"信访人{number}" for number in numbers) or ("信访人" if cell.strip() else "")

    def text(self, value: str) -> str:
        """Any text, same length, without a petitioner's name, number or house."""
        if not value:
            return value
        plain = text.normalise(value)
        spans = self._found(plain)
        for name in self_named(plain) | (listed(plain) - self._named_accused):
            spans += [match.span() for match in re.finditer(r"\s?".join(map(re.escape, name)), plain)]
        for name in self._full_names.get(value, ()):
            alike = self._accused_by[surname_of(name)] | self._accused_by[name[-2:]]
            spans += _called_for_short(plain, name, alike)
        own = [match.span(1) for match in _OWN_PLATE.finditer(plain)]
        own += [at.span() for home in _OWN_HOME.finditer(plain) for at in _HOUSE.finditer(plain, *home.span())]
        return mask_number(_covered(_covered(value, spans, "某"), own, "＊"))

    def label(self, value: str) -> str:
        """A name of a place or person for outsiders, same length, without a petitioner's name, number or house."""
        return mask_number(_covered(value, self._found(text.normalise(value)), "某"))

    def accused(self, value: str) -> str:
        """Accused of a matter for outsiders: as `label`, and without a name that a text gives its own writer."""
        return self.label("".join("某" if name in self._writers else name for name in re.split("(、)", value)))

    @cached_property
    def _writers(self) -> frozenset[str]:
        """Names that texts give their own writers and that no 被反映人 cell holds."""
        told = list({name for value in self._texts for name in self_named(text.normalise(value))})
        cells = "\n".join(self._accused)
        accused = {k for k, _, _ in ahocorasick_rs.AhoCorasick(told).find_matches_as_indexes(cells, overlapping=True)}
        return frozenset(name for k, name in enumerate(told) if k not in accused)

    def _found(self, plain: str) -> list[tuple[int, int]]:
        if not self._words:
            return []
        at = [k for k, c in enumerate(plain) if not c.isspace()]
        squeezed = "".join(plain[k] for k in at)
        found = self._automaton.find_matches_as_indexes(squeezed)
        return [(at[start], at[end - 1] + 1) for _, start, end in found]
