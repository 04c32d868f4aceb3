"""One sitting: the pair on the table, answers as they are given, and taking them back."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from repeatdetect.contradictions import DIFFERENT, LATER, SAME
from repeatdetect.decisions import Decision, Keeper
from repeatdetect.errors import InputError
from repeatdetect.review.queue import Pair, Questions


@dataclass(frozen=True)
class Answer:
    """A pair and what was said of it, with how many further pairs that settled."""

    pair: Pair
    word: str
    settled: int = 0


@dataclass(frozen=True)
class Standing:
    """Where the sitting stands: the pair on the table (None when all are answered), and the last answer."""

    pair: Pair | None
    last: Answer | None
    answered: int
    left: int
    postponed: int


class Session:
    """A sitting of one person; safe to call from several threads.

    Parameters
    ----------
    questions : Questions
    keeper : Keeper
        Where every answer goes at once.
    who : str
        Who answers.
    """

    def __init__(self, questions: Questions, keeper: Keeper, who: str) -> None:
        self.who = who
        self.place = keeper.name
        self._questions, self._keeper = questions, keeper
        before = keeper.decisions()[["left_id", "right_id", "decision"]]
        self._before: list[tuple[str, str, str]] = [(a, b, word) for a, b, word in before.itertuples(index=False)]
        self._answers: list[Answer] = []
        self._again: Pair | None = None  # taken back: asked again at once
        self._lock = threading.Lock()
        self._open = self._ordered()

    def standing(self) -> Standing:
        """Where the sitting stands now."""
        with self._lock:
            return self._standing()

    def answer(self, left: str, right: str, word: str, why: str = "") -> Standing:
        """Answer the pair on the table.

        Parameters
        ----------
        left, right : str
            Must be the pair on the table, so that a key pressed twice answers once.
        word : {"same", "different", "later"}
            ``later`` keeps the pair for the end of the sitting and is written nowhere.

        Raises
        ------
        InputError
            When another pair is on the table, or the answer cannot be kept; nothing is changed then.
        """
        with self._lock:
            pair = self._open[0] if self._open else None
            if pair is None or (pair.left, pair.right) != (left, right) or word not in (SAME, DIFFERENT, LATER):
                raise InputError(
                    "E241", "这一对已不在待判之列", place=f"{left} {right}"[:100], hint="已换到当前的一对。"
                )
            if word != LATER:
                self._keeper.decide([Decision.now(left, right, word, self.who, why)])
            self._again = None
            self._answers.append(Answer(pair, word))
            count = len(self._open)
            self._open = self._ordered()
            if word != LATER:
                self._answers[-1] = Answer(pair, word, count - 1 - len(self._open))
            return self._standing()

    def undo(self) -> Standing:
        """Take back the last answer of this sitting and ask that pair again.

        Raises
        ------
        InputError
            When this cannot be kept.
        """
        with self._lock:
            if self._answers:
                last = self._answers[-1]
                if last.word != LATER:
                    self._keeper.decide([Decision.now(last.pair.left, last.pair.right, LATER, self.who)])
                self._answers.pop()
                self._again = last.pair
                self._open = self._ordered()
            return self._standing()

    def _ordered(self) -> list[Pair]:
        """Open pairs: the one taken back, then the useful ones, then those put off, in the order they were."""
        said = [(a.pair.left, a.pair.right, a.word) for a in self._answers if a.word != LATER]
        found = self._questions.open([*self._before, *said])
        put_off = {answer.pair: k for k, answer in enumerate(self._answers) if answer.word == LATER}
        return sorted(found, key=lambda pair: (pair != self._again, put_off.get(pair, -1)))

    def _standing(self) -> Standing:
        put_off = {answer.pair for answer in self._answers if answer.word == LATER}
        return Standing(
            self._open[0] if self._open else None,
            self._answers[-1] if self._answers else None,
            sum(answer.word != LATER for answer in self._answers),
            len(self._open),
            sum(pair in put_off for pair in self._open),
        )
