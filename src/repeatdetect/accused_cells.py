"""Cells of the accused: 被反映人, 职务 and 单位 as filed, whatever is noted beside a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from repeatdetect import lexicon, text
from repeatdetect.addresses import place_of
from repeatdetect.given import plausible
from repeatdetect.namelist import SPLIT, bare_name, closed, without_others
from repeatdetect.persons import BODY, NOBODY, Person, is_surname, office, parse_name, surname_of

_LEX = lexicon.load()
_NOTED = "\x01"  # stands where a note stood
_NOTE = re.compile(rf"(?<=[{text.HAN}]) *[(【\[]([^()【】\[\]]*)(?:[)】\]]|\Z)")
_SOMEBODY = re.compile(rf"[{text.HAN}]")
_MARKS = re.compile(rf"\A[^A-Za-z{text.HAN}]+|[^A-Za-z{text.HAN}]+\Z")
_MANY = r"(?:\d+|[一二三四五六七八九十]+)"
_ET_AL = re.compile(
    rf"(?:(?:等|一行){_MANY}?(?:人|户|名.*)?|(?:夫妇|父子|兄弟){_MANY}?人?|{_MANY}(?:人|户|名(?:群众|村民|干部|党员).*))\Z"
)
_OF_SURNAME = re.compile(rf"\A(?:姓([{text.HAN}])的?|([{text.HAN}])姓)")
_THEN = r"(?:原任?|前任?|时任|现任|曾任|上一?任)"
_FORMER = re.compile(rf"{_THEN}的?\Z")
_FORMER_FIRST = re.compile(rf"\A{_THEN}(?=[{text.HAN}]{{2}})")


@lru_cache(maxsize=text.REMEMBERED)
def field_persons(cell: str, post_cell: str = "", unit_cell: str = "") -> tuple[Person, ...]:
    """Persons of a 被反映人 cell: full names, surname + title (卜书记), bare posts (村支书, 石塘村书记).

    Parameters
    ----------
    cell, post_cell, unit_cell : str
        被反映人, 职务, 单位 as filed.
    """
    plain = text.normalise(cell)
    own = Person("", "", field_post(post_cell), place_of(unit_cell)[1] or unit_cell, "")
    return tuple(
        person._replace(role="accused", source="accused", start=start, end=end)
        for piece, note, (start, end) in _pieces(plain)
        if (person := _person(piece, _noted(note, own) if note else own))
    )


def _noted(note: str, own: Person) -> Person:
    """Post and place of what is noted of somebody, else `own`: 男,石塘村会计."""
    told = [_with_post(part, posts[-1], own.place) for part in SPLIT.split(note) if (posts := _posts(part))]
    return told[0] if told else own


@lru_cache(maxsize=text.REMEMBERED)
def field_post(cell: str) -> str:
    """Canonical post of a 职务 cell ('' when none is known); of two posts the first."""
    return next((post for _, _, post in _posts(text.normalise(cell))), "")


def _posts(plain: str) -> list[tuple[int, int, str]]:
    """Posts of some words: start, end, canonical post."""
    found = _LEX.posts.find_matches_as_indexes(plain)
    return [(start, end, post) for index, start, end in found if (post := _LEX.post_values[index])]


def _pieces(plain: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """What a cell lists, one after the other: the words, what is noted of them in brackets or behind a colon, the span."""
    notes: list[str] = []

    def set_aside(found: re.Match[str]) -> str:
        notes.append(found[1])
        return _NOTED

    for raw in SPLIT.split(closed(_NOTE.sub(set_aside, plain))):
        note = "、".join(notes.pop(0) for _ in range(raw.count(_NOTED)))
        piece = without_others(_MARKS.sub("", raw.replace(_NOTED, "")))
        head, colon, tail = piece.partition(":")
        if colon and parse_name(head)[0]:  # 李建国:村支书
            piece, note = head, note + tail
        elif colon:  # 村支书:李建国, 姓名:李建国
            piece = head + tail if field_post(head) else tail
        piece = _ET_AL.sub("", piece) if len(piece) > 3 else piece
        if piece not in NOBODY and _SOMEBODY.search(piece):
            yield piece, note, _place(piece, plain)


def _person(piece: str, own: Person) -> Person | None:
    """Who is meant by one piece of a cell; other cells, or a note, tell the post and place of `own`."""
    own_post, place = own.post, own.place
    if of := _OF_SURNAME.match(piece):  # 姓施的, 姓施的书记
        piece = (of.group(1) or of.group(2)) + piece[of.end() :]
    if len(piece) == 1:
        return Person("", piece, own_post, place, "") if is_surname(piece) else None
    posts = _posts(piece)
    if posts and own_post and office(posts[-1][2]) != office(own_post) and _is_name(piece):
        posts = []  # 卢文书, who is 村书记
    if posts and (len(piece) > 2 or posts[-1][0] == 0):
        return _with_post(piece, posts[-1], place)
    piece = bare_name(piece)
    name, surname, given, post = parse_name(piece)
    if not (name or surname or given) and len(piece) > 3:
        tail = parse_name(piece[-2:])
        of_body = BODY.search(piece) and not BODY.search(piece[:-2])  # 县水利局 is no 利局
        name, surname, given, post = tail if piece[-2:-1] == "老" or (tail[3] and not of_body) else ("", "", "", "")
    return Person(name, surname, post or own_post, place, "", given=given, sure=bool(name))


def _with_post(piece: str, told: tuple[int, int, str], place: str) -> Person:
    """Who is called by a post, and perhaps by a name before or after it and the place it belongs to."""
    start, stop, post = told
    before, after = _FORMER.sub("", piece[:start]), piece[stop:]
    if after:  # 原石塘村支书李建国, but 原大伟村支书
        before = _FORMER_FIRST.sub("", before)
    if (
        piece[start] == "村" != before[-1:]
        and len(before) > 1
        and (before + "村" == place or not parse_name(before)[0])
    ):
        before += "村"  # 石塘|村书记: the village, not a name
    town, village, _ = place_of(before)
    rest = before.replace(town, "").replace(village, "") if town or village else before
    rest = _FORMER.sub("", rest)
    name = next((n for n in (after, rest, rest[-3:], rest[-2:]) if len(n) > 1 and parse_name(n)[0]), "")
    if rest[-1:] and is_surname(rest[-1]) and len(rest) != len(name) and name != after:
        name = "" if len(rest) not in (2, 3) else name
    surname = surname_of(name) if name else rest if is_surname(rest) else rest[-1:] if is_surname(rest[-1:]) else ""
    given = "" if name or surname else rest if 0 < len(rest) <= 2 else ""
    return Person(name, surname, post, village or town or place, "", given=given, sure=bool(name))


def _place(piece: str, plain: str) -> tuple[int, int]:
    """Where a piece stands in its cell, in which blanks may part it."""
    at = plain.find(piece)
    if at >= 0:
        return at, at + len(piece)
    spaced = re.search(" *".join(map(re.escape, piece)), plain)
    return spaced.span() if spaced else (0, len(plain))


def _is_name(piece: str) -> bool:
    """Whether surname and two characters look like a name."""
    return len(piece) == 3 and is_surname(piece[0]) and plausible(piece[0], piece[1:])
