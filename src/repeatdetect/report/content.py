"""What workbook and page show of a result: which matters, and each filing as people see it, masked or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from repeatdetect.privacy import Masker
from repeatdetect.report.passages import Span, new_spans, shared_spans, without
from repeatdetect.report.styles import clean

if TYPE_CHECKING:
    from repeatdetect.detector import Result

LARGEST_SHARE = 0.8  # of the room for large matters; the rest is for the newest


@dataclass(frozen=True, slots=True)
class Entry:
    """One filing as a report shows it; texts are clean and, where asked for, masked."""

    row: int
    filing_id: str
    matter_id: str
    number: int
    status: str
    repeat_of: str
    probability: float | None
    relation: str
    after_closure: str
    date: datetime | None
    channel: str
    who: str
    title: str
    body: str
    new: list[Span]
    shared: list[Span]

    @property
    def news(self) -> list[str]:
        """The new passages themselves."""
        return [self.body[a:b] for a, b in self.new]


def chosen(matters: pd.DataFrame, most: int) -> pd.DataFrame:
    """Matters that fit into `most` filings: all, else the largest and then the newest.

    Parameters
    ----------
    matters : DataFrame
        Of a result: the largest first.
    most : int
        Filings there is room for. The largest matter is always shown.

    Returns
    -------
    DataFrame
        Same order as given.
    """
    sizes = matters["filings"]
    if sizes.sum() <= most:
        return matters
    large = (sizes.cumsum() <= max(most * LARGEST_SHARE, sizes.iloc[0])) & (sizes > 1)
    rest = matters[~large].sort_values("last_date", ascending=False, kind="stable")
    room = most - int(sizes[large].sum())
    newest = rest.index[rest["filings"].cumsum() <= room]
    out: pd.DataFrame = matters[large | matters.index.isin(newest)]
    return out


class Shown:
    """Filings as people see them.

    Parameters
    ----------
    filings : DataFrame
        Canonical.
    named : sequence of int
        1 where somebody signed, row by row.
    masker : Masker, optional
        Hides petitioners' identities.
    """

    def __init__(self, filings: pd.DataFrame, named: Sequence[int], masker: Masker | None = None) -> None:
        self._filings, self._named, self._masker = filings, named, masker
        self._columns: dict[str, list[Any]] = {}

    @property
    def masked(self) -> bool:
        """Whether petitioners' identities are hidden."""
        return self._masker is not None

    def cells(self, name: str) -> list[Any]:
        """A column of the filings as they came, by row; as a list, since one cell after the other is read."""
        if name not in self._columns:
            self._columns[name] = self._filings[name].tolist()
        return self._columns[name]

    def day(self, row: int) -> datetime | None:
        """When a filing was registered."""
        value = self.cells("date")[row]
        return None if pd.isna(value) else value.to_pydatetime()

    def hide(self, value: str) -> str:
        """Clean text without control characters and, when masked, without petitioners' identities."""
        value = clean(value)
        return self._masker.text(value) if self._masker else value

    def body(self, row: int) -> str:
        """Text of a filing as shown."""
        return self.hide(self.cells("text")[row]).strip()

    def who(self, row: int) -> str:
        """Who filed: the petitioner, a stand-in for one, or 匿名."""
        if not self._named[row]:
            return "匿名"
        name = self.cells("petitioner")[row]
        return (self._masker.petitioner(name) if self._masker else clean(name)) or "实名（未填姓名）"


class Content(Shown):
    """A result as people see it.

    Parameters
    ----------
    result : Result
    masked : bool
        Whether petitioners' identities are hidden.
    others : DataFrame, optional
        Further filings whose petitioners are hidden, too; see `Masker`.
    """

    def __init__(self, result: Result, masked: bool = False, others: pd.DataFrame | None = None) -> None:
        filings = result.corpus.filings
        masker = Masker(filings, others) if masked else None
        super().__init__(filings, result.corpus.scalars["named"].tolist(), masker)
        self.result = result if masker is None else replace(result, matters=_labels(result.matters, masker))
        self._entries: dict[int, Entry] = {}

    def rows_of(self, matter_ids: Iterable[str]) -> dict[str, list[int]]:
        """Rows of each matter in the order they were filed."""
        rows: dict[str, list[int]] = {name: [] for name in matter_ids}
        for row, matter in enumerate(self.result.filings["matter_id"].tolist()):
            if matter in rows:
                rows[matter].append(row)
        number = self.result.filings["repeat_no"].to_numpy()
        return {name: sorted(members, key=lambda row: (number[row], row)) for name, members in rows.items()}

    @cached_property
    def _new(self) -> list[str]:
        told: list[str] = self.result.filings["new_content"].tolist()
        return told

    def new_spans(self, row: int) -> list[Span]:
        """Where the body of a filing as shown says something new.

        Found in the words as they came: a passage by itself is not masked as it is within its text.
        """
        return new_spans(clean(self.cells("text")[row]).strip(), clean(self._new[row]))

    def entries(self, matter_ids: Iterable[str]) -> dict[str, list[Entry]]:
        """Filings of each matter in the order they were filed; computed once."""
        rows_of = self.rows_of(matter_ids)
        missing = [(k, row) for k, rows in enumerate(rows_of.values()) for row in rows if row not in self._entries]
        bodies = [self.body(row) for _, row in missing]
        shared = shared_spans(bodies, [k for k, _ in missing])
        column = {name: self.result.filings[name].tolist() for name in self.result.filings.columns}
        for (_, row), body, again in zip(missing, bodies, shared, strict=True):
            new = self.new_spans(row)
            chance = column["probability"][row]
            self._entries[row] = Entry(
                row, clean(column["filing_id"][row]), column["matter_id"][row], column["repeat_no"][row],
                column["status"][row], clean(column["repeat_of"][row]), None if pd.isna(chance) else chance,
                column["relation"][row], column["after_closure"][row], self.day(row), self.hide(self.cells("channel")[row]),
                self.who(row), self.hide(self.cells("title")[row]), body, new, without(again, new),
            )  # fmt: skip
        return {name: [self._entries[row] for row in rows] for name, rows in rows_of.items()}


def _labels(matters: pd.DataFrame, masker: Masker) -> pd.DataFrame:
    """Matters whose accused, and titles that name them, hide who only signed."""
    shown = [masker.accused(who) for who in matters["accused"]]
    told = zip(matters["title"], matters["accused"], shown, strict=True)
    titles = [title.replace(who, hidden) if who else title for title, who, hidden in told]
    return matters.assign(
        accused=pd.Series(shown, matters.index, object), title=pd.Series(titles, matters.index, object)
    )
