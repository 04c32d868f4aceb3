"""Text of a filing: characters made one, the filing's own words, sentences, words.

Every function here keeps positions: ``normalise`` maps characters one to one, so a span found in normalised text
is a span of the text as it was filed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
#: characters that never stand in a given name as people write them
FUNCTION = frozenset(
    "的了是在与及为被把给对向到从不也都就还又说问叫让去要会我你他她它们这那某于由所里没月日号块亩个只次多少几每各"
    "并但却且请查找讲称拿做办报买卖将已仍或以跟若则便即既收借吃任过着得想能可最太再起地等哪谁呢吗吧啊很更真"
)
REMEMBERED = 1 << 13  # names and cells whose reading is kept: with eight times as many a process holds 100 MB more


@cache
def _character_table() -> dict[int, str]:
    """Full width to half width, traditional to simplified: only replacements of one character by one."""
    import opencc

    table = {
        code: wide
        for code in [*range(0xA0, 0x3400), *range(0xF900, 0xFFF0)]
        if len(wide := unicodedata.normalize("NFKC", chr(code))) == 1 and ord(wide) != code
    }
    han = [chr(code) for code in range(0x3400, 0xA000)]
    simple = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    table |= {ord(a): b for a, b in zip(han, simple, strict=True) if len(b) == 1 and a != b}
    table |= {ord(a): b for a, b in ("鉄铁", "検检", "収收", "対对", "広广", "図图", "薬药", "団团", "発发", "県县")}
    table |= {ord(c): " " for c in "\x00\t\r\x0b\x0c\u200b\u200c\u200d\ufeff\u2028\u2029"}
    return table


@cache
def _character_codes() -> npt.NDArray[np.uint32]:
    """What each character becomes, by code."""
    codes = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for code, become in _character_table().items():
        codes[code] = ord(become)
    return codes


def normalise(text: str) -> str:
    """Bring width, script and blanks to one form, character by character.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Same length as `text`: full width becomes half width (NFKC where it maps one character to one),
        traditional becomes simplified (OpenCC's t2s characters), odd blanks become a blank.
    """
    if len(text) < _SHORT:
        return text.translate(_character_table())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _character_codes()[codes].tobytes().decode("utf-32-le", "surrogatepass")


_SHORT = 48  # characters below which looking up one after the other is quicker


_FORWARD = re.compile(
    r"转办|交办|转去|批转|转来|转送|阅处|来信摘要|督办|信交|网转|转你|转交|【来源】|【办理要求】|呈报|转信"
)
_ORIGINAL = (
    r"以下为|以下是|来信原文|举报原文|信件原文|原文如下|原文[::]|正文如下|全文如下|内容如下|附件?[::]|"
    r"【主要问题】|【反映内容】|【举报内容】|【信件内容】|【问题描述】|主要内容[::]|反映内容[::]|主要问题[::]|摘录如下|"
    r"照录如下|信访内容[::]|来信全文"
)
_ANNOUNCED = re.compile(_ORIGINAL)
_BEFORE = 14  # characters of its line before the words that announce a letter
_MARKER = re.compile(rf"[^\n]{{0,{_BEFORE}}}(?:{_ORIGINAL})[^\n]{{0,10}}?(?:\n|(?<=[::】]))[—\-=\s]*")
_WORDS_OF_COURSE = (
    rf"尊敬的[{HAN}、]{{0,14}}[:,]?|此致|敬礼[!]?|您好[!,。]?|你好[!,。]|各位领导[:,]?|谢谢[!。]?|盼复|"
    r"望领导[^,。!]{0,10}为盼|万分感谢|特此举报|特此反映"
)
_COURTESY = re.compile(_WORDS_OF_COURSE)
_GREETING = re.compile(_WORDS_OF_COURSE + r"|(?<=\n)[^\n]{2,10}领导(?:同志)?[::]")


def forwarding_end(text: str) -> int:
    """Where the forwarding header ends in normalised `text` (0: none).

    A header is what stands before a marker such as 原文如下 when it speaks of forwarding (转办, 交办, 阅处 …).
    """
    spoken = _FORWARD.search(text, 0, 800)
    if not spoken:
        return 0
    announced = _ANNOUNCED.search(text, 0, 1500)
    if not announced:
        return 0
    for match in _MARKER.finditer(text, max(announced.start() - _BEFORE, 0), 1500):
        behind = len(text) - match.end()
        enclosed = "附" in match.group() and behind * 3 < match.end()  # 附:证人陈丹 below a letter announces none
        if spoken.start() < match.end() and behind > 8 and not enclosed:
            return match.end()
    return 0


_BELOW = 30  # characters of a date below a letter at most
_DATED = re.compile(
    r"(?<=[\s。!?;)】])[(【]?(?:(?:19|20)\d\d|[一二][一二三四五六七八九〇零○0]{3})\s*[年./-]\s*"
    r"[\d元一二三四五六七八九十]{1,3}\s*[月./-]\s*[\d一二三四五六七八九十]{1,3}\s*[日号]?[\s。.)】]*\Z"
)


def letter_end(text: str) -> int:
    """Where the date below a letter stands in normalised `text` (at the end: it has none)."""
    dated = _DATED.search(text, max(len(text.rstrip()) - _BELOW, 0))
    return dated.start() if dated else len(text)


def core_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the filing's own words: forwarding header, greetings and the date below set aside.

    Parameters
    ----------
    text : str
        Text as filed or normalised.

    Returns
    -------
    list of (start, end)
        In order, without overlap; joined they are what is compared.
    """
    plain = normalise(text)
    return _own_spans(plain, forwarding_end(plain))


def _own_spans(plain: str, start: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    addressed = "领导:" in plain or "领导同志:" in plain  # a line of address costs four times the rest to look for
    end = letter_end(plain)
    for match in (_GREETING if addressed else _COURTESY).finditer(plain, start, end):
        if match.start() > start:
            spans.append((start, match.start()))
        start = match.end()
    if start < end:
        spans.append((start, end))
    return spans


@cache
def _segmenter() -> Any:
    """rjieba's cut; where it is missing jieba's own, with HMM off, which cuts the same."""
    try:
        import rjieba
    except ImportError:  # a platform without a wheel
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        return lambda plain, hmm: jieba.lcut(plain, HMM=hmm)
    return rjieba.cut


def words(text: str) -> list[str]:
    """Cut normalised text into words with jieba's dictionary, HMM off; joined they give the text again."""
    cut = _segmenter()
    return list(cut(text, False))


#: a sentence of a normalised text, without its stop
SENTENCE = re.compile(r"[^。!?;\n]+")
_PHRASE = re.compile(r"[^。!?;:\n,]*(?:(?<=\d),[^。!?;:\n,]*)*[。!?;:\n,]?")


def phrases(plain: str) -> list[str]:
    """Pieces of normalised text up to a stop each, which nothing crosses that is read as one: word, name or number.

    The same ones stand in filing after filing, so what is told of one is worth remembering. Joined they are `plain`.
    """
    return _PHRASE.findall(plain)


@dataclass(frozen=True)
class Reading:
    """A text normalised once, for everybody who asks.

    Attributes
    ----------
    plain : str
        Normalised.
    begin : int
        Where the forwarding header ends.
    phrases : list of str
        Of what follows the header.
    spans : list of (start, end)
        The filing's own words; see `core_spans`.
    """

    plain: str
    begin: int
    phrases: list[str]
    spans: tuple[tuple[int, int], ...]

    @staticmethod
    def of(raw: str) -> Reading:
        """Read a text as filed."""
        plain = normalise(raw)
        begin = forwarding_end(plain)
        return Reading(plain, begin, phrases(plain[begin:]), tuple(_own_spans(plain, begin)))

    def between(self, span: tuple[int, int]) -> list[str]:
        """Phrases of one span, as if it stood alone."""
        return self.phrases if span == (self.begin, len(self.plain)) else phrases(self.plain[span[0] : span[1]])


@lru_cache(maxsize=1024)
def read(raw: str) -> Reading:
    """`Reading.of`, remembered for as long as a filing is worked on."""
    return Reading.of(raw)


_WORD = re.compile(rf"[{HAN}A-Za-z]")


def is_term(word: str) -> bool:
    """Whether a word may carry meaning: one of the dictionary or a single Chinese character."""
    return _WORD.match(word) is not None


def terms(cut: Sequence[str]) -> list[str]:
    """Words that may carry meaning: words of the dictionary and single Chinese characters.

    Single characters stay because jieba without HMM leaves names it does not know in pieces (刘/德/贵); on labelled
    pairs the cosine with them orders pairs better (AUC .85) than without (.80) or with n-grams in their place (.82).
    """
    return [word.lower() for word in cut if is_term(word)]


@cache
def _readings() -> dict[int, str]:
    """pypinyin's readings of characters, without its table of phrases, which costs more than all the rest."""
    from importlib.util import find_spec, module_from_spec, spec_from_file_location

    package = find_spec("pypinyin")
    assert package is not None
    assert package.submodule_search_locations is not None
    spec = spec_from_file_location("_pinyin", Path(package.submodule_search_locations[0]) / "pinyin_dict.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    readings: dict[int, str] = module.pinyin_dict
    return readings


#: characters that names read otherwise than a dictionary first does: 常贵 is written for 长贵, 谢 for 解
_IN_NAMES = {
    "长": "chang", "行": "xing", "曾": "zeng", "单": "shan", "查": "zha", "解": "xie", "仇": "qiu", "区": "ou", "朴": "piao",
    "翟": "zhai", "折": "she", "缪": "miao", "种": "chong", "重": "chong", "郇": "xun", "晟": "sheng", "都": "du",
    "卜": "bu", "薄": "bo", "佴": "nai", "隗": "wei", "尉": "yu", "乜": "nie", "员": "yun", "繁": "po", "召": "shao",
}  # fmt: skip


@cache
def _syllable(character: str) -> str:
    readings = _readings().get(ord(character))
    if readings is None:
        return character
    first = unicodedata.normalize("NFD", _IN_NAMES.get(character) or readings.split(",", 1)[0])
    plain = "".join(c for c in first if "a" <= c <= "z" or c == "\u0308")
    # speakers and typists of the south mix these up; one key for both keeps 刘湾/刘弯 and 陈/程 together
    return plain[:-1] if plain.endswith(("ang", "eng", "ing")) else plain


@lru_cache(maxsize=REMEMBERED)
def sound(name: str) -> str:
    """Toneless pinyin of a name, back nasals folded into front ones; other characters stay.

    Only names go through this: whole texts would be slow and would gain nothing.
    """
    return "-".join(map(_syllable, name))


def joined(pieces: Iterable[str]) -> str:
    """Join the pieces of one filing so that no word crosses a boundary."""
    return "\n".join(pieces)
