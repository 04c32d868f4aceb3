"""A private PostgreSQL server for tests, run by an unprivileged user, reachable through a socket only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machine import require


class Server:
    """A running server; `database` makes an empty database and tells its URL."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self._programs, self._folder, self._user = programs, folder, user
        self._made = 0
        self.data = folder / "data"

    def call(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs."""
        done = subprocess.run(
            [self._programs / program, *arguments], user=self._user, cwd=self._folder, capture_output=True, text=True,
            check=False, timeout=120, env={**os.environ, "PGHOST": str(self._folder), "PGUSER": "office"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def psql(self, command: str) -> str:
        """Answer of the server to one command."""
        return self.call("psql", "-d", "postgres", "-At", "-c", command).strip()

    def database(self) -> str:
        """URL of a new empty database."""
        self._made += 1
        name = f"store{self._made}"
        self.call("createdb", name)
        return f"postgresql+psycopg://office@/{name}?host={self._folder}"


@contextmanager
def postgres() -> Iterator[Server]:
    """Start a server in a folder of its own; stop it and remove the folder afterwards."""
    programs = Path(require("postgres"))
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="rdpg-"))  # short: a socket's path has at most 107 bytes
    try:
        if user:
            shutil.chown(folder, user)
        server = Server(programs, folder, user)
        server.call("initdb", "-D", "data", "-U", "office", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        server.call("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        try:
            yield server
        finally:
            server.call("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
