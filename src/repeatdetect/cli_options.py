"""Options that several verbs share, said once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

# whoever reads a file says best what is wrong with it; Typer would call a missing permission a wrong value
path_option = partial(typer.Option, readable=False)
path_argument = partial(typer.Argument, readable=False)

Exports = Annotated[
    list[Path],
    path_argument(metavar="EXPORT...", help="信访件导出表，可给多个（xlsx、xls、ods、csv、tsv、jsonl、parquet）。"),
]
Out = Annotated[Path, path_option("-o", "--out", help="结果文件夹；已有结果将被整体替换。")]
Cases = Annotated[Path | None, path_option(help="积案台账。")]
Officials = Annotated[Path | None, path_option(help="乡镇分工表（党委书记、联系班子成员）。")]
Outgoing = Annotated[
    Path | None, path_option(help="下发清单的文件夹（须同时给出积案台账和分工表）；已有清单将被整体替换。")
]
Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="来源列=标准列", help="指定列的含义，如 诉求=text；可多次给出。")
]
SettingsFile = Annotated[Path | None, path_option("--settings", help="设置文件（TOML）。")]
Encoding = Annotated[str | None, typer.Option(help="文本文件的编码；默认自动识别。")]
Sheet = Annotated[str | None, typer.Option(help="只读这个工作表；默认读所有能识别表头的工作表。")]
Jobs = Annotated[int | None, typer.Option(min=0, help="进程数（0 为全部核心）；不影响结果。")]
Masked = Annotated[bool, typer.Option("--masked", help="台账和网页中隐去身份信息。")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="只输出错误和警告。")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出。")]

DB = typer.Option(
    "--db", envvar="REPEATDETECT_DB", help="历史库：sqlite:///文件 或 postgresql+psycopg://用户@主机/库名。"
)
KeyFile = Annotated[
    Path | None, path_option("--key-file", envvar="REPEATDETECT_KEY_FILE", help="密钥文件（权限 0600）。")
]
