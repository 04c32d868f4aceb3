"""The sheet of doubtful pairs: two filings side by side, what they share and where they differ, and a person's answer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from repeatdetect.facts import learn
from repeatdetect.grounds import questions
from repeatdetect.report.passages import Span, merged, shared_spans, without
from repeatdetect.report.styles import Book, Column
from repeatdetect.report.words import DOUBTFUL, VERDICTS

if TYPE_CHECKING:
    from repeatdetect.report.content import Content

MOST_PAIRS = 300  # what people can decide in some sittings; `review` and pairs.csv hold every one
LONGEST_SIDE = 1_500  # characters of a side: more than a cell can show
LEAST_DIM = 4  # characters; shorter greys only speckle a text
TELLING = frozenset(("person", "village", "town", "unit", "object", "sum", "area", "count"))

_COLUMNS = (
    Column("左件编号", 14), Column("右件编号", 14), Column("把握", 6), Column("支持", 13), Column("反对", 13), Column("左件", 50), Column("右件", 50),
    Column("人工结论", 11), Column("说明", 18), Column("左件所属事项", 24), Column("右件所属事项", 24),
)  # fmt: skip
_ANSWER = 7


def grounds(reason: str) -> tuple[str, str]:
    """What speaks for and against a pair, from the contract's ``reason``: 支持：…；反对：…."""
    parts = dict(part.split("：", 1) for part in reason.split("；") if "：" in part)
    return parts.get("支持", ""), parts.get("反对", "")


def write_doubtful(book: Book, content: Content) -> None:
    """Write the sheet 待判, the most probable pairs first."""
    sheet = book.sheet(DOUBTFUL, _COLUMNS, freeze=2)
    result = content.result
    table = questions(result.pairs, result.filings).head(MOST_PAIRS)
    position = {name: row for row, name in enumerate(result.filings["filing_id"].tolist())}
    title = dict(zip(result.matters["matter_id"], result.matters["title"], strict=True))
    size = dict(zip(result.matters["matter_id"], result.matters["filings"], strict=True))

    @cache
    def head(row: int) -> str:
        day = content.day(row)
        words = (f"{day:%Y-%m-%d}" if day else "无日期", content.hide(content.cells("channel")[row]), content.who(row))
        accused = content.hide(content.cells("accused")[row]) or "（未填）"
        return f"{'　'.join(words)}　被反映人：{accused}\n{content.hide(content.cells('title')[row])}\n"

    @cache
    def body(row: int) -> str:
        return content.body(row)[:LONGEST_SIDE]

    @cache
    def told(row: int) -> dict[tuple[str, str], list[Span]]:
        return _told(content, row, body(row))

    pairs = list(table[["left_id", "right_id", "probability", "reason"]].itertuples(index=False))
    sides = [(position[left], position[right]) for left, right, _, _ in pairs]
    title_of, text_of = content.cells("title"), content.cells("text")
    learn([(title_of[row], text_of[row]) for row in {row for side in sides for row in side}])
    # each pair both ways round, so that either side is once the later one
    both = shared_spans([body(row) for i, j in sides for row in (j, i, i, j)], [k // 2 for k in range(4 * len(sides))])
    for at, ((left, right, chance, reason), rows) in enumerate(zip(pairs, sides, strict=True), start=1):
        book.text(sheet, at, 0, left)
        book.text(sheet, at, 1, right)
        book.chance(sheet, at, 2, chance)
        for column, words in enumerate(grounds(reason), 3):
            book.text(sheet, at, column, words)
        shared = both[4 * at - 3], both[4 * at - 1]
        for k, row in enumerate(rows):
            own, other = told(row), told(rows[1 - k])
            same = merged([span for key, spans in own.items() if key in other for span in spans])
            differs = without(merged([span for key, spans in own.items() if key not in other for span in spans]), same)
            dim = [span for span in without(without(shared[k], same), differs) if span[1] - span[0] >= LEAST_DIM]
            top = len(head(row))
            runs = [((a + top, b + top), form)
                    for form, spans in ((book.run_same, same), (book.run_new, differs), (book.run_shared, dim))
                    for a, b in spans]  # fmt: skip
            book.rich(sheet, at, 5 + k, head(row) + body(row), sorted(runs, key=lambda run: run[0]))
            matter = result.filings["matter_id"].iat[row]
            book.text(sheet, at, 9 + k, f"{content.hide(title[matter])}（{size[matter]} 件）", book.soft)
        sheet.write_blank(at, _ANSWER, None, book.input)
        sheet.write_blank(at, _ANSWER + 1, None, book.input_text)
        lines = max(len(body(row)) / 23 + body(row).count("\n") for row in rows) + 4
        sheet.set_row(at, min(15 * lines, 260))
    last = max(len(table), 1)
    book.choices(sheet, (1, last), _ANSWER, VERDICTS, "请选择；下次运行以此为准")
    sheet.autofilter(0, 0, last, len(_COLUMNS) - 1)


def _told(content: Content, row: int, body: str) -> dict[tuple[str, str], list[Span]]:
    """Facts of a filing that tell matters apart, with their spans in `body`."""
    corpus = content.result.corpus
    raw = content.cells("text")[row]
    shift = len(raw) - len(raw.lstrip())
    out: dict[tuple[str, str], list[Span]] = {}
    for fact in corpus.facts(row).facts:
        a, b = fact.start - shift, fact.end - shift
        if fact.source == "text" and fact.kind in TELLING and a >= 0 and b <= len(body):
            out.setdefault((fact.kind, fact.value), []).append((a, b))
    return out
