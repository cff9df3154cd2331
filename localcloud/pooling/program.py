"""PgBouncer, where this machine has it. The local cloud never installs it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "pgbouncer"
# Where distributions put what is a server. The PATH of an ordinary user often lacks them.
SERVER_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
ANSWER_TIMEOUT_SECONDS = 5.0
# https://www.pgbouncer.org/changelog.html (1.21.0 of 2023-10-16, 1.24.0 of 2025-01-10)
FIRST_WITH_PREPARED_STATEMENTS = (1, 21)
FIRST_WITH_GENTLE_RELOADS = (1, 24)


@dataclass(frozen=True)
class Program:
    path: Path
    version: tuple[int, int]

    @classmethod
    def find(cls) -> "Program | None":
        folders = [os.environ.get("PATH", os.defpath), *SERVER_FOLDERS]
        found = shutil.which(NAME, path=os.pathsep.join(folders))
        return cls.at(Path(found)) if found else None

    @classmethod
    def at(cls, path: Path) -> "Program | None":
        """None where this is no PgBouncer that runs."""
        try:
            said = subprocess.run(
                [path, "--version"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=ANSWER_TIMEOUT_SECONDS,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return None
        told = re.match(r"PgBouncer (\d+)\.(\d+)", said)
        return cls(path, (int(told[1]), int(told[2]))) if told else None

    @property
    def keeps_prepared_statements(self) -> bool:
        """Whether a statement can be prepared in one transaction and executed in the next, as with Hyperdrive."""
        return self.version >= FIRST_WITH_PREPARED_STATEMENTS

    @property
    def reloads_gently(self) -> bool:
        """Whether new settings leave connections alone.

        Before, those to a database with TLS were all made anew, and clients refused when one was just being made.
        """
        return self.version >= FIRST_WITH_GENTLE_RELOADS

    @property
    def gaps(self) -> list[str]:
        """What this version does not do as Hyperdrive does."""
        gaps = []
        if not self.keeps_prepared_statements:
            gaps.append("this PgBouncer forgets prepared statements after each transaction; 1.21 and newer keep them")
        if not self.reloads_gently:
            gaps.append(
                "this PgBouncer may refuse Workers for a moment when their Hyperdrive configuration changes; 1.24 and "
                "newer do not"
            )
        return gaps
