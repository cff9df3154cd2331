"""The operating system user that a process runs as."""

import os
import pwd
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localcloud.errors import LocalCloudError

UNPRIVILEGED = "nobody"


# Arguments: user id, group id, and the command. A core dump would contain passwords.
_LAUNCHER = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
try:
    os.execv(sys.argv[3], sys.argv[3:])
except OSError as error:
    sys.exit(f"`{sys.argv[3]}` cannot be started: {error.strerror}.")
"""


@dataclass(frozen=True)
class Account:
    """User and group ids."""

    user_id: int
    group_id: int

    @classmethod
    def unprivileged(cls) -> "Account | None":
        """Returns the account `nobody` if this process runs as root, because Postgres does not run as root; else None.

        Raises ``LocalCloudError`` if this process runs as root and the account does not exist.
        """
        if os.geteuid() != 0:
            return None
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise LocalCloudError(
                f"Postgres does not run as root, and this machine has no user `{UNPRIVILEGED}` to run it as. "
                "Run the local cloud as an ordinary user, or set LOCALCLOUD_POSTGRES_URL to a running server."
            ) from None
        return cls(entry.pw_uid, entry.pw_gid)

    def can_enter(self, path: Path) -> bool:
        """Whether this user can enter the directory, by the permission bits of the directory and its parents."""
        return all(self._may_search(folder.stat()) for folder in (path.resolve(), *path.resolve().parents))

    def _may_search(self, status: os.stat_result) -> bool:
        if status.st_uid == self.user_id:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.group_id:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def command_as(account: Account | None, command: Sequence[str]) -> list[str]:
    """Returns a command that runs ``command`` as the account, in the same process. None keeps the current user.

    The `user` argument of `subprocess.Popen` is no alternative: with it, Python calls `fork` instead of `vfork`. In a
    process that uses gRPC, its fork handlers then run in the child, and can abort it before it becomes the command
    (https://github.com/python/cpython/blob/v3.11.7/Modules/_posixsubprocess.c, `do_fork_exec`).
    """
    if account is None:
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(account.user_id), str(account.group_id), *command]
