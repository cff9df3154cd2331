"""Where the pools of a local cloud keep their files: below its home, or where the account that runs them gets in."""

import os
from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.postgres_files import RECORD, PostgresFiles


def pools_folder(home: Home) -> Path:
    """Beside the data of the local Postgres, which has the same needs: `down --remove` deletes both."""
    return PostgresFiles.of(home).data.with_name("pools")


def prepare(home: Home) -> None:
    """Makes what the folder is in; there may be no local Postgres that did."""
    lodging = PostgresFiles.of(home).lodging
    if lodging is None:
        home.folder("postgres")
        return
    lodging.mkdir(mode=0o711, exist_ok=True)
    if lodging.is_symlink() or lodging.stat().st_uid != os.geteuid():
        raise LocalCloudError(
            f"`{lodging}` belongs to another user. Delete it: it is where PgBouncer has its settings."
        )
    lodging.chmod(0o711)
    home.write(RECORD, {"lodging": str(lodging)})
