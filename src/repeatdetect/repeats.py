"""The repeat test (同人 + 同事): first, repeat, joint, single, review, and who repeats whom.

Rules as read in the handbook pages quoted in the domain notes: same matter and at least one petitioner identical (ID
number; phone; name within one matter when nothing speaks against it). For an anonymous filing the person is replaced
by the accused, that is by the matter itself; it is never tied to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from repeatdetect import text
from repeatdetect.corpus import Corpus
from repeatdetect.decide import probability
from repeatdetect.novelty import Novelty
from repeatdetect.privacy import names_in
from repeatdetect.ragged import Index


@dataclass(frozen=True)
class Petitioner:
    """Who filed, reduced to what may be compared; empty for an anonymous filing."""

    names: frozenset[str]
    identity: str
    phone: str

    @staticmethod
    def of(named: str, names: str, identity: str, phone: str) -> Petitioner:
        """From the cells of a filing; an anonymous one has no petitioner whatever its cells hold."""
        plain = text.normalise(names).strip()
        if named == "no" or (not plain and not identity):
            return Petitioner(frozenset(), "", "")
        digits = re.sub(r"\D", "", text.normalise(phone))
        number = re.sub(r"[^0-9xX*]", "", text.normalise(identity)).upper()
        return Petitioner(frozenset(names_in(plain)), number if len(number) >= 15 else "", digits[-11:])

    @property
    def anonymous(self) -> bool:
        """True when nothing names the petitioner."""
        return not self.names and not self.identity

    def same(self, other: Petitioner) -> bool:
        """Whether two named petitioners of one matter share a person."""
        if self.anonymous or other.anonymous:
            return False
        if "*" not in self.identity + other.identity and self.identity and other.identity:
            return self.identity == other.identity
        if self.names & other.names:
            return not (self.phone and other.phone and self.identity and other.identity)
        return bool(self.phone) and self.phone == other.phone and _compatible(self.names, other.names)


def _compatible(left: frozenset[str], right: frozenset[str]) -> bool:
    """Names that may be spellings of one: a side has none, or they sound alike."""
    if not left or not right:
        return True
    return bool({text.sound(n) for n in left} & {text.sound(n) for n in right})


def relation(text_a: str, text_b: str) -> str:
    """How filing B's text relates to an earlier text A: verbatim, transferred, reworded, extended, shortened, ''.

    Parameters
    ----------
    text_a, text_b : str
        Own words with blanks removed; B may hold its forwarding header.
    """
    own = text_b[text.forwarding_end(text_b) :]
    a, b = _squeeze(text_a[text.forwarding_end(text_a) :]), _squeeze(own)
    if not a or not b:
        return ""
    if a == b:
        return "verbatim" if len(own) == len(text_b) else "transferred"
    if len(own) < len(text_b) and fuzz.ratio(a, b) >= 95:
        return "transferred"
    if len(text_b) > len(text_a) + 12 and a in _squeeze(text_b) and len(a) >= 20:
        return "extended"
    alike = fuzz.token_set_ratio(" ".join(text.words(a)), " ".join(text.words(b)))
    if alike < 35:
        return ""
    if len(b) < 0.5 * len(a):
        return "shortened"
    return "extended" if len(b) > 1.6 * len(a) and alike > 70 else "reworded"


def _squeeze(value: str) -> str:
    return re.sub(r"[\s,。,、;:!?\"'“”()《》-]", "", value)


def classify(
    corpus: Corpus,
    label: Index,
    left: Index,
    right: Index,
    score: np.ndarray,
    twin: dict[int, tuple[int, float]],
) -> pd.DataFrame:
    """Status of every filing by the repeat test.

    Parameters
    ----------
    corpus : Corpus
        Rows in canonical order (date, then id).
    label : int64, shape (n,)
        Row of the first member of each filing's matter.
    left, right, score : shape (edges,)
        Edges that hold the matters together, in log-odds.
    twin : dict
        Row of a filing in no other matter -> (row of its suspected twin, probability).

    Returns
    -------
    DataFrame, shape (n, 7)
        status, repeat_of (row or -1), repeat_no, probability, relation, same_petitioner, new_content.
    """
    filings = corpus.filings
    who = [
        Petitioner.of(*cells)
        for cells in zip(filings["named"], filings["petitioner"], filings["id_number"], filings["phone"], strict=True)
    ]
    n = len(corpus)
    status = np.array(["single"] * n, dtype=object)
    repeat_of = np.full(n, -1, np.int64)
    repeat_no = np.ones(n, np.int64)
    chance = np.full(n, np.nan)
    relations = np.array([""] * n, dtype=object)
    same = np.array([""] * n, dtype=object)
    new = np.array([""] * n, dtype=object)
    edges: dict[int, list[tuple[int, float]]] = {}
    for a, b, value in zip(left.tolist(), right.tolist(), score.tolist(), strict=True):
        edges.setdefault(a, []).append((b, value))
        edges.setdefault(b, []).append((a, value))
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(label[order]) > 0))
    for rows in np.split(order, starts[1:]) if n else ():
        if len(rows) == 1:
            row = int(rows[0])
            if row in twin:
                other, value = twin[row]
                status[row], repeat_of[row], chance[row] = "review", other, value
                same[row] = _same_word(who[row], who[other])
            continue
        first = int(rows[0])
        status[first] = "first"
        seen = Novelty()
        seen.add(filings, first)
        texts = {first: text.normalise(str(filings["text"].iat[first]))}
        exact = {_squeeze(texts[first]): first}
        for number, row in enumerate(map(int, rows[1:]), start=2):
            earlier = next((int(o) for o in rows[: number - 1] if who[row].same(who[int(o)])), -1)
            if who[row].anonymous:
                status[row], repeat_of[row] = "repeat", first
            elif earlier >= 0:
                status[row], repeat_of[row] = "repeat", earlier
            else:
                status[row], repeat_of[row] = "joint", first
            repeat_no[row] = number
            same[row] = _same_word(who[row], who[int(repeat_of[row])])
            chance[row] = _weakest(edges, row, int(repeat_of[row]))
            texts[row] = text.normalise(str(filings["text"].iat[row]))
            closest = exact.get(_squeeze(texts[row]), -1)
            if closest < 0:
                window = [int(o) for o in rows[max(0, number - 30) : number - 1]]
                closest = max(window, key=lambda o: (fuzz.ratio(texts[o], texts[row]), -o))
            relations[row] = relation(texts[closest], texts[row])
            exact.setdefault(_squeeze(texts[row]), row)
            if relations[row] not in ("verbatim", "transferred"):
                new[row] = "；".join(seen.passages(filings, row))
            seen.add(filings, row)
    return pd.DataFrame(
        {
            "status": status, "repeat_of": repeat_of, "repeat_no": repeat_no, "probability": chance,
            "relation": relations, "same_petitioner": same, "new_content": new,
        }
    )  # fmt: skip


def _same_word(one: Petitioner, other: Petitioner) -> str:
    if one.anonymous or other.anonymous:
        return ""
    return "yes" if one.same(other) else "no"


def _weakest(edges: dict[int, list[tuple[int, float]]], start: int, goal: int) -> float:
    """Probability of the weakest edge on the tree path between two filings of a matter."""
    parent: dict[int, tuple[int, float]] = {start: (start, np.inf)}
    queue = [start]
    for row in queue:
        if row == goal:
            break
        for other, value in edges.get(row, ()):
            if other not in parent:
                parent[other] = (row, value)
                queue.append(other)
    if goal not in parent:
        return float("nan")
    weakest, row = np.inf, goal
    while row != start:
        row, value = parent[row]
        weakest = min(weakest, value)
    return float(probability(np.array([weakest]))[0]) if np.isfinite(weakest) else float("nan")


def path(edges: dict[int, list[int]], start: int, goal: int) -> list[int]:
    """Rows on the tree path that joins two filings of a matter ([] when there is none)."""
    parent = {start: start}
    queue = [start]
    for row in queue:
        for other in edges.get(row, ()):
            if other not in parent:
                parent[other] = row
                queue.append(other)
    if goal not in parent:
        return []
    out = [goal]
    while out[-1] != start:
        out.append(parent[out[-1]])
    return out[::-1]
