"""Names that a text gives its own writers: 我叫…, 举报人:…, lists of signatures, 石丁贵来电反映."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repeatdetect import lexicon, text
from repeatdetect.given import plausible
from repeatdetect.persons import SURNAME

_H = rf"[{text.HAN}]"
_LEX = lexicon.load()
_WHO = r"(?:举报|信访|反映|来信|来访|来电|控告|检举|投诉|联系|实名|联名|签名|签字|署名|具名|落款)"
_CALLS_HIMSELF = re.compile(
    rf"(?P<sure>我叫|我名叫|我的名字[叫是]|(?:署名|具名|落款|签名)[:为是]|签字:|(?<!被){_WHO}(?:人|者|代表|群众|村民)(?:名单|签名|签字)?[ ]?[:,(（]?\s*)"
    r"|本人|村民|居民|群众|职工|社员|业主|户主|家属|我是"
)
_KIN = r"(?:[堂表亲][兄弟哥姐妹]|[大小二三]?(?:儿子|女儿|哥|弟弟?|姐姐?|妹妹?)|哥哥|父亲|母亲|爸爸?|妈妈?|爱人|妻子?|老婆|媳妇|丈夫|老公|[叔伯舅姑姨]{1,2}|侄[子女儿]|外甥女?|岳[父母]|女婿|儿媳|邻居|同学|战友|同事|亲戚)"
#: 我是他的堂弟石丁贵, 我爱人田桂香、大儿子石小军
_KINSMAN = re.compile(
    rf"(?:我是(?:[他她]|被(?:反映|举报)人|{_H}{{2,3}}(?=的))们?的?|(?<![给跟和向对找叫让被是])我家?的?){_KIN}"
)
_AND_KIN = re.compile(f"[、和]{_KIN}")
_PIECE = rf"{SURNAME}{_H}{{1,2}}"
#: behind a name in a list
_EDGE = r"(?=[ ]?[、,和及与;(。)\n]|\s|等|\d|来[电访信函]|致[电信]|联名|实名|署名|联系|电话|手机|\Z)"
_NAME = re.compile(_PIECE + _EDGE)
_IN_LIST = re.compile(
    rf"(?P<name>{_PIECE})(?P<end>[ ]?[、,和及与;][ ]?|\s+|(?=[(。)]|等|\Z))(?:\([^()]{{0,6}}\)[ ]?[、,;]?\s*)?"
)
_SIGNER = rf"(?<!被){_WHO}(?:人|者|代表|群众|村民)?(?:名单|签名|签字)?[ ]?"
_LABEL = re.compile(rf"{_SIGNER}:\s*")
_ACTS = r"(?:来电|来访|来信|来函|致电|致信|联名|实名举报|署名举报)"
#: 吴家荣、石丁贵等联名, 石丁贵来电反映: at the head of a sentence
_AT_HEAD = re.compile(
    rf"(?:\A|(?<=[\n。!?;:,]))[ ]*(?P<names>{_PIECE}{_EDGE}(?:[ ]?[、和及与][ ]?{_PIECE}{_EDGE})*+)(?:等(?:[\d一二三四五六七八九十]+)?(?:余)?(?:人|户|名|位)?(?:村民|群众|居民|职工)?)?"
    rf"(?:\([^()]{{0,8}}\))?{_ACTS}(?:[ ]?[,。:;]|\Z|我|[反举检控投要询咨称说诉求请]|来[电信访])"
)
_DATE = r"(?:(?:19|20)\d\d|[一二][一二三四五六七八九〇零○0]{3})\s*[年./-]\s*[\d元一二三四五六七八九十]{1,3}(?:\s*[月./-]?(?:\s*[\d一二三四五六七八九十]{1,3}\s*[日号]?)?)?"
_SIGNED_TOGETHER = rf"(?P<names>{_PIECE}{_EDGE}(?:(?:[ ]?[、,和][ ]?|\s+){_PIECE}{_EDGE})*+)"
#: below a letter, with or without a date
_BELOW = re.compile(rf"[\n。!?;][ ]*{_SIGNED_TOGETHER}\s*(?:{_DATE})?\s*\Z")
#: all that may stand below a letter with them: who they are, how many, a telephone
_SIGNATURES = re.compile(
    rf"(?:\A|(?<=[\n。!?;]))[ ]*(?:{_SIGNER}:?\s*|{_H}{{0,10}}(?:村民|居民|群众|职工|社员|业主|党员|代表)[ ]?:?\s*)?"
    rf"{_SIGNED_TOGETHER}(?:等(?:[\d一二三四五六七八九十]+)?[余多]?[人户名位]?)?[ ]?(?:\([^()]{{0,8}}\)?)?"
    rf"(?:[ ,]*(?:联系)?(?:电话|手机)号?码?:?\s*[\d*×xX\-]{{7,}})?\s*(?:{_DATE})?[。 ]*\Z"
)
_ANNOUNCED = re.compile(r"(?:[:有是]|如下|名单|分别)\s*\Z")
_TAIL = 120  # characters below a letter in which signatures stand
_FURTHER = re.compile("[ ]?([、和及与])[ ]?")  # between the names of those who sign together
_TOGETHER = re.compile(r"[ ]?(?:等|联名|共同|一同|一起|联合|集体|实名|举报|反映|控告|检举|投诉|[)。\n]|\Z)")
_SIGNED = re.compile(rf"[\n。!][ ]*({_H}[ ]?{_H}(?:[ ]?{_H})?)[ ]*(?=\n|\Z)")
_HAN = re.compile(rf"{_H}+\Z")
_CLOSING = frozenset(("敬礼", "谢谢", "感谢", "敬上", "敬启", "敬呈"))
_NEVER_LAST = frozenset("村镇乡组片区户主队店厂校")
_NOT_ALONE = frozenset("农民家")  # 茶农, 居民; 李爱民 is a name
_NOT_IN_NAMES = frozenset("是于在的和与等向对就也将把被来反说叫有从到要去已")


def self_named(plain: str) -> set[str]:
    """Names a normalised text gives its own writer."""
    names = {
        name for match in _CALLS_HIMSELF.finditer(plain) for name in _names_at(plain, match.end(), bool(match["sure"]))
    }
    for match in _SIGNED.finditer(plain[-60:]):
        name = re.sub(r"\s", "", match.group(1))
        if name[0] in _LEX.surnames and name not in _CLOSING and name[-1] not in _NEVER_LAST:
            names.add(name)
    return names


def listed(plain: str) -> set[str]:
    """Names that stand where writers sign or are said to write, and their kin; one of them may be accused elsewhere.

    Lists behind 签名: and 举报人:, 石丁贵来电反映, a line 石丁贵 2024年1月 below a letter, 我是他的堂弟石丁贵.
    """
    names = set()
    for match in _KINSMAN.finditer(plain):
        kin: re.Match[str] | None = match
        while kin and (name := _name_at(plain, kin.end(), True)) and plausible(name[0], name[1:]):
            names.add(name)
            kin = _AND_KIN.match(plain, kin.end() + len(name))
    for match in _LABEL.finditer(plain):
        at = match.end()
        while found := _IN_LIST.match(plain, at):
            names.add(found["name"])
            at = found.end()
    for match in _AT_HEAD.finditer(plain):
        names.update(_NAME.findall(match["names"]))
    if below := _BELOW.search(plain, max(0, len(plain) - _TAIL)):
        names.update(_NAME.findall(below["names"]))
    return {name for name in names if name not in _CLOSING and _is_name(name)}


def signatures_start(plain: str) -> int:
    """Where the signatures below a letter begin in its normalised text (at the end: there are none)."""
    signed = _SIGNATURES.search(plain, max(0, len(plain) - _TAIL))
    if not signed or _ANNOUNCED.search(plain, 0, signed.start()):
        return len(plain)
    names = _NAME.findall(signed["names"])
    return signed.start() if names and all(map(_is_name, names)) else len(plain)


def _is_name(piece: str) -> bool:
    """Whether surname and one or two characters are no other word: 茶农, 石岭村."""
    if piece[-1] in _NEVER_LAST or (len(piece) == 2 and piece[-1] in _NOT_ALONE):
        return False
    return len(text.words(piece)) > 1 or plausible(piece[0], piece[1:])


def _name_at(plain: str, at: int, sure: bool) -> str:
    """The personal name that begins at a place of a text ('' when none does)."""
    following = plain[at : at + 5]
    if not following or (following[0] not in _LEX.surnames and following[:2] not in _LEX.double_surnames):
        return ""
    cut = text.words(following)
    if not sure and (
        following[0] in _LEX.doubtful_surnames or (len(cut[0]) > 1 and following[:2] not in _LEX.double_surnames)
    ):
        return ""
    longest = 4 if following[:2] in _LEX.double_surnames else 3
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
