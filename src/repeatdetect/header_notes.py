"""What a reader is told of the columns of a table: those used beside another, not used, without a header."""

from __future__ import annotations

from repeatdetect import files
from repeatdetect.cells import blank
from repeatdetect.headers import Header, Vocabulary

_SHOWN = 8  # names in one note at most


def doubled(header: Header) -> list[str]:
    """What is said of columns that are used beside another."""
    said = []
    for column, (first, *others) in header.columns.items():
        if others:
            names = list(dict.fromkeys(f"“{header.names[at][:20]}”" for at in others))
            more = "、".join(names[:_SHOWN]) + (f"等 {len(others)} 列" if len(others) > len(names[:_SHOWN]) else "")
            said.append(f"列{more}与“{header.names[first][:20]}”含义相同（{column}），用来补其空白或与其合并。")
    return said


def unused(header: Header, words: Vocabulary, mappable: bool) -> dict[str, str]:
    """What is said of headers that name no column, and the header."""
    said = {}
    for at in header.unknown if header.certain else []:
        name = header.names[at][:20]
        how = "可用 --map 指定。" if mappable else ""
        said[f"列“{name}”未使用；最接近的标准列名：{'、'.join(words.nearest(name))}。{how}"] = name
    return said


def nameless(table: files.Sheet, header: Header) -> list[str]:
    """What is said of columns without a header."""
    used = {at for places in header.columns.values() for at in places}
    width = max(map(len, table.rows[header.row :]))
    body = table.rows[header.row + header.depth :]
    return [
        f"第 {at + 1} 列没有表头，未使用。"
        for at in range(min(width, len(header.names)))
        if not header.names[at] and at not in used and any(at < len(row) and not blank(row[at]) for row in body)
    ]
