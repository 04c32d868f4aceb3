"""Masking of petitioners' identities for pages and lists that more people see than the office.

Names become 某, numbers and house addresses become ＊, character for character, so that a span found in a text is a
span of the masked text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import ahocorasick_rs
import pandas as pd

from repeatdetect import lexicon, text
from repeatdetect.namelist import names_in, number_pieces, numbers_in

#: columns that tell who filed, and which of their cells are no more than a place
HIDDEN = ("petitioner", "id_number", "phone", "address", "place", "unit")
_HAN_DIGITS = "〇零一二三四五六七八九幺两"
_NUMBERS = (
    re.compile(r"(?<!\d)\d(?:[\s\-]?\d){16}[\s\-]?[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)"),  # identity cards
    re.compile(r"(?<!\d)1(?:[\s\-]?\d){10}(?!\d)|(?<!\d)0\d{2,3}[)\s\-]{0,2}\d{3,4}[\s\-]?\d{4}(?!\d)"),  # telephones
    re.compile(r"(?<!\d)\d(?:[\s\-]?\d){15,18}(?!\d)"),  # bank cards
    re.compile(rf"[{_HAN_DIGITS}]{{11,}}"),
    re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+", re.ASCII),
)
_REACHED_AT = re.compile(
    r"(?:电话|手机|联系|微信|[Qq]{2}|号码|身份证|证件|银行卡|卡号|账号)[^\d\n。;]{0,8}?"
    r"([A-Za-z0-9](?:[A-Za-z0-9_\-]|(?<=\d) (?=\d{3,4}(?!\d))){5,})"
)
_LOCAL = re.compile(r"0(?:10|2\d|[3-9]\d\d)-?(\d{7,8})\Z")  # behind the code of the area
_HOUSE = re.compile(r"[\d一二三四五六七八九十]+\s*(?:组|社|号|栋|幢|单元|室|弄|队|户)")
_WITHIN_TOWN = re.compile(rf"^[{text.HAN}]+?(?:镇|乡(?!村)|街道)")
_CALLS_HIMSELF = re.compile(
    r"(?P<sure>我叫|我名叫|我的名字[叫是]|(?:署名|具名|落款|签名)[:为是]|(?<!被)(?:举报|信访|反映|来信|来访|来电|控告|检举|投诉|联系|实名)人)[ :,(（]{0,2}"
    r"|本人|村民|居民|群众|职工|社员|业主|户主|家属|我是"
)
_FURTHER = re.compile("[ ]?([、和及与])[ ]?")  # between the names of those who sign together
_TOGETHER = re.compile(r"[ ]?(?:等|联名|共同|一同|一起|联合|集体|实名|举报|反映|控告|检举|投诉|[)。\n]|\Z)")
_SIGNED = re.compile(rf"[\n。!][ ]*([{text.HAN}][ ]?[{text.HAN}](?:[ ]?[{text.HAN}])?)[ ]*(?=\n|\Z)")
_HAN = re.compile(rf"[{text.HAN}]+\Z")
_CLOSING = frozenset(("敬礼", "谢谢", "感谢"))
_NOT_IN_NAMES = frozenset("是于在的和与等向对就也将把被来反说叫有从到要去已")


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


def _name_at(plain: str, at: int, sure: bool) -> str:
    """The personal name that begins at a place of a text ('' when none does)."""
    lex = lexicon.load()
    following = plain[at : at + 5]
    if not following or (following[0] not in lex.surnames and following[:2] not in lex.double_surnames):
        return ""
    cut = text.words(following)
    if not sure and (
        following[0] in lex.doubtful_surnames or (len(cut[0]) > 1 and following[:2] not in lex.double_surnames)
    ):
        return ""
    longest = 4 if following[:2] in lex.double_surnames else 3
    name = ""
    for word in cut:
        if (name and (word in _NOT_IN_NAMES or not _HAN.match(word))) or len(name + word) > longest:
            break
        name += word
    return name if len(name) > 1 else ""


def _names_at(plain: str, at: int, sure: bool) -> Iterator[str]:
    """The names that begin at a place of a text, of all who sign: 李小红、王大柱 of 李小红、王大柱等12人.

    Behind 和 they must go on to sign together: 李小红和王大柱打架 is about two.
    """
    joined = "、"
    while name := _name_at(plain, at, sure):
        at += len(name)
        if joined != "、" and not _TOGETHER.match(plain, at):
            return
        yield name
        further = _FURTHER.match(plain, at)
        if not further:
            return
        at, joined = further.end(), further.group(1)


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
            if plain not in places and _HOUSE.search(plain):
                words.add(plain)
                if (tail := _WITHIN_TOWN.sub("", plain)) and _HOUSE.search(tail):
                    words.add(tail)  # 东湾村三组12号 of 云溪镇东湾村三组12号
        self._words = sorted(words)
        self._texts = filings["text"].tolist()
        self._accused = [text.normalise(cell) for cell in filings["accused"].unique()]

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
        for name in _given_away(plain):
            spans += [match.span() for match in re.finditer(r"\s?".join(map(re.escape, name)), plain)]
        return mask_number(_covered(value, spans, "某"))

    def label(self, value: str) -> str:
        """A name of a place or person for outsiders, same length, without a petitioner's name, number or house."""
        return mask_number(_covered(value, self._found(text.normalise(value)), "某"))

    def accused(self, value: str) -> str:
        """Accused of a matter for outsiders: as `label`, and without a name that a text gives its own writer."""
        return self.label("".join("某" if name in self._writers else name for name in re.split("(、)", value)))

    @cached_property
    def _writers(self) -> frozenset[str]:
        """Names that texts give their own writers and that no 被反映人 cell holds."""
        told = list({name for value in self._texts for name in _given_away(text.normalise(value))})
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


def _given_away(plain: str) -> set[str]:
    """Names a text gives its own writer."""
    lex = lexicon.load()
    names = {
        name for match in _CALLS_HIMSELF.finditer(plain) for name in _names_at(plain, match.end(), bool(match["sure"]))
    }
    for match in _SIGNED.finditer(plain[-60:]):
        name = re.sub(r"\s", "", match.group(1))
        if name[0] in lex.surnames and name not in _CLOSING:
            names.add(name)
    return names
