"""report.html: one offline file; the data travels as JSON and reaches the screen as text only."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from repeatdetect.report.page_data import page_data
from repeatdetect.report.words import headline

if TYPE_CHECKING:
    from repeatdetect.report.content import Content

SHOWN = 5_000  # filings on the page; beyond that the largest and the newest matters
_LIBRARY = ("vendor/echarts.min.js",)
_OURS = ("dom.js", "charts.js", "list.js", "matter.js", "overview.js", "main.js")


def write(content: Content, path: Path, *, most: int = SHOWN) -> None:
    """Write the page.

    Parameters
    ----------
    content : Content
    path : Path
    most : int
        Filings on the page; beyond that the largest and the newest matters.

    Notes
    -----
    Nothing is fetched and nothing foreign can run: the page's own policy forbids every request, and every script but
    the two whose hashes it names.
    """
    scripts = [Markup(_asset(*names)) for names in (_LIBRARY, _OURS)]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("repeatdetect.report", "web"), autoescape=True, trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.policies["json.dumps_function"] = _dumps
    run = content.result.run
    page = environment.get_template("page.html").render(
        headline=headline(content.result), run=run, masked=content.masked, style=Markup(_asset("page.css")),
        scripts=scripts, hashes=[_hash(script) for script in scripts], data=page_data(content, most),
    )  # fmt: skip
    path.write_text(page, encoding="utf-8", newline="\n")


def _asset(*names: str) -> str:
    folder = files("repeatdetect.report") / "web"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _dumps(value: Any, **_: Any) -> str:
    """Compact JSON whose line separators are escaped; Jinja's ``tojson`` escapes what could end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
