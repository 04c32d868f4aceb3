"""The maintained word lists: issues, posts, kin, surnames, place suffixes; loaded once a process."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import ahocorasick_rs


@dataclass(frozen=True)
class Lexicon:
    """All word lists in the form the extraction needs.

    Attributes
    ----------
    automaton : ahocorasick_rs.AhoCorasick
        Finds every issue, post, kin and self word of a text in one pass (leftmost, longest).
    kinds, values : tuple of str
        For each word of the automaton its kind (``issue``, ``post``, ``kin``, ``role``, ``none``) and canonical value.
    posts : ahocorasick_rs.AhoCorasick
        Finds the posts of a cell: there 第一书记 is one, though a text may mean an issue by it.
    post_values : tuple of str
        For each word of `posts` its canonical value, '' for those that only look like one (委员会).
    post_level : dict
        Canonical post to ``village``, ``town`` or ``office``.
    before_name : dict
        Words before a name to the role they tell: ``petitioner`` (举报人) or ``accused`` (被举报人).
    """

    automaton: ahocorasick_rs.AhoCorasick
    kinds: tuple[str, ...]
    values: tuple[str, ...]
    posts: ahocorasick_rs.AhoCorasick
    post_values: tuple[str, ...]
    post_level: dict[str, str]
    before_name: dict[str, str]
    surnames: frozenset[str]
    doubtful_surnames: frozenset[str]
    double_surnames: frozenset[str]
    suffix_kind: dict[str, str]
    place_stop: frozenset[str]
    settlement_stop: frozenset[str]
    county_stop: frozenset[str]
    peoples: tuple[str, ...]
    body_rank: tuple[str, ...]
    body_trade: tuple[str, ...]
    body_sole: frozenset[str]
    body_same: dict[str, str]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


_CHIEF = ("长", "书记", "支书", "主任", "主席", "经理")


@cache
def load() -> Lexicon:
    """Read the shipped word lists.

    Returns
    -------
    Lexicon
        Cached: every call in a process returns the same object.
    """
    told = _table("issues.toml")
    issues = told["issues"]
    people = _table("people.toml")
    geography = _table("places.toml")
    places, bodies = geography["suffixes"], geography["bodies"]
    words = dict.fromkeys([*people["no_posts"]["words"], *told["no_issues"]["words"]], ("none", ""))
    for value, spellings in issues.items():
        for word in spellings:
            words.setdefault(word, ("issue", value))
    level: dict[str, str] = {}
    posts: dict[str, str] = {}
    for rank, of_rank in people["posts"].items():
        for value, spellings in of_rank.items():
            level[value] = rank
            for word in spellings:
                posts.setdefault(word, value)
    for word, value in [*posts.items()]:
        # 副场长, 副支书: a deputy of whoever has one
        if "副" not in word + value and word.endswith(_CHIEF) and value.endswith(_CHIEF):
            deputy = value[0] + "副" + value[1:] if value[0] in "村镇" and value != "镇长" else "副" + value
            level.setdefault(deputy, level[value])
            posts.setdefault("副" + word, deputy)
    for word, value in posts.items():
        words.setdefault(word, ("post", value))
    posts = dict.fromkeys(people["no_posts"]["words"], "") | posts
    for word in people["kin"]["words"]:
        words.setdefault(word, ("kin", word))
    before_name = {word: role for role in ("petitioner", "accused") for word in people[role]["before"]}
    for word, role in before_name.items():
        words.setdefault(word, ("role", role))
    suffix_kind = {word: kind for kind in ("town", "village", "unit", "object") for word in places[kind]}
    return Lexicon(
        automaton=ahocorasick_rs.AhoCorasick(list(words), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest),
        kinds=tuple(kind for kind, _ in words.values()),
        values=tuple(value for _, value in words.values()),
        posts=ahocorasick_rs.AhoCorasick(list(posts), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest),
        post_values=tuple(posts.values()),
        post_level=level,
        before_name=before_name,
        surnames=frozenset(people["surnames"]["single"]),
        doubtful_surnames=frozenset(people["surnames"]["doubtful"]),
        double_surnames=frozenset(people["surnames"]["double"]),
        suffix_kind=suffix_kind,
        place_stop=frozenset(places["stop"]),
        settlement_stop=frozenset(" ".join(places["settlement_stop"]).split()),
        county_stop=frozenset(places["county_stop"].split()),
        peoples=tuple(places["peoples"]),
        body_rank=tuple(bodies["rank"]),
        body_trade=tuple(bodies["trade"]),
        body_sole=frozenset(bodies["sole"]),
        body_same=bodies["same"],
    )
