"""Write docs/cli.md from what every command answers to --help; with --check only say whether it is current."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

from repeatdetect import cli

PAGE = Path(__file__).resolve().parent / "cli.md"
_HEAD = """# Command line

Generated from `--help` by `make docs`; do not edit. Exit codes: 0 done, 1 our fault, 2 unusable input or arguments,
3 history store or key cannot be used, 4 done with warnings that want a person, 130, 141 and 143 stopped. Every error is one paragraph on
stderr with a code: `E1xx` reading, `E2xx` arguments, settings and decisions, `E3xx` store, `E4xx` output, `E900` a fault of ours.
"""


def _answer(*arguments: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        cli.main([*arguments, "--help"])
    return "\n".join(line.rstrip() for line in said.getvalue().strip().splitlines())


def verbs() -> list[str]:
    """Names of all commands, as `--help` lists them."""
    listed = _answer().partition("Commands:\n")[2]
    return [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2:3].strip()]


def page() -> str:
    """The text of docs/cli.md."""
    os.environ["COLUMNS"] = "100"  # help is wrapped to the terminal
    parts = [_HEAD, f"```text\n{_answer()}\n```\n"]
    parts += [f"## {verb}\n\n```text\n{_answer(verb)}\n```\n" for verb in verbs()]
    return "\n".join(parts)


def main() -> int:
    """Write or check the page."""
    current = page()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != current:
            print("docs/cli.md is not current: run make docs", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
