"""Options that several verbs share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Exports = Annotated[
    list[Path],
    typer.Argument(metavar="EXPORT...", help="信访件导出表，可给多个（xlsx、xls、ods、csv、tsv、jsonl、parquet）。"),
]
Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="来源列=标准列", help="指定列的含义，如 诉求=text；可多次给出。")
]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="设置文件（TOML）。")]
Encoding = Annotated[str | None, typer.Option(help="文本文件的编码；默认自动识别。")]
Sheet = Annotated[str | None, typer.Option(help="只读这个工作表；默认读所有能识别表头的工作表。")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出。")]

DB = typer.Option(
    "--db", envvar="REPEATDETECT_DB", help="历史库：sqlite:///文件 或 postgresql+psycopg://用户@主机/库名。"
)
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", envvar="REPEATDETECT_KEY_FILE", help="密钥文件（权限 0600）。")
]
