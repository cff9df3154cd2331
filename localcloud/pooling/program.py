"""The PgBouncer program of this machine, if installed. The local cloud never installs it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "pgbouncer"
# Folders where distributions install servers. They are often missing from the PATH of an ordinary user.
SERVER_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
VERSION_TIMEOUT_SECONDS = 5.0
# https://www.pgbouncer.org/changelog.html (1.21.0 of 2023-10-16, 1.24.0 of 2025-01-10)
FIRST_WITH_PREPARED_STATEMENTS = (1, 21)
FIRST_WITH_RELOADS_WITHOUT_DISCONNECTS = (1, 24)


@dataclass(frozen=True)
class Program:
    """An installed PgBouncer and its version."""

    path: Path
    version: tuple[int, int]

    @classmethod
    def find(cls) -> "Program | None":
        """Returns the installed PgBouncer, or None."""
        folders = [os.environ.get("PATH", os.defpath), *SERVER_FOLDERS]
        found = shutil.which(NAME, path=os.pathsep.join(folders))
        return cls.at(Path(found)) if found else None

    @classmethod
    def at(cls, path: Path) -> "Program | None":
        """Returns the PgBouncer at a path, or None if it does not run."""
        try:
            output = subprocess.run(
                [path, "--version"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=VERSION_TIMEOUT_SECONDS,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return None
        version = re.match(r"PgBouncer (\d+)\.(\d+)", output)
        return cls(path, (int(version[1]), int(version[2]))) if version else None

    @property
    def keeps_prepared_statements(self) -> bool:
        """Whether a transaction can execute a statement that an earlier one prepared, as with Hyperdrive."""
        return self.version >= FIRST_WITH_PREPARED_STATEMENTS

    @property
    def reloads_without_disconnecting(self) -> bool:
        """Whether new settings leave existing connections open.

        Older versions reopen all connections to a database with TLS, and reject clients while one is being opened.
        """
        return self.version >= FIRST_WITH_RELOADS_WITHOUT_DISCONNECTS

    @property
    def limitations(self) -> list[str]:
        """Sentences about what this version does not do as Hyperdrive does."""
        limitations = []
        if not self.keeps_prepared_statements:
            limitations.append(
                "this PgBouncer drops prepared statements after each transaction; 1.21 and newer keep them"
            )
        if not self.reloads_without_disconnecting:
            limitations.append(
                "this PgBouncer may briefly reject Workers when their Hyperdrive configuration changes; 1.24 and newer "
                "do not"
            )
        return limitations
