"""The operating system user that a process runs as."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from localcloud.errors import LocalCloudError

UNPRIVILEGED = "nobody"


class PopenUser(TypedDict):
    """User arguments of `subprocess.Popen`. None keeps the current user."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


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


def popen_user(account: Account | None) -> PopenUser:
    if account is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": account.user_id, "group": account.group_id, "extra_groups": []}
