"""The folder for the files of the pools: in the state directory, or in a directory that their account can enter."""

from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.postgres_files import RECORD, PostgresFiles, is_own_directory
from localcloud.state_directory import StateDirectory


def pools_folder(state_directory: StateDirectory) -> Path:
    """Returns the folder, which is next to the data of the local Postgres. `down --remove` deletes both."""
    return PostgresFiles.of(state_directory).data.with_name("pools")


def prepare(state_directory: StateDirectory) -> None:
    """Creates the parent of the folder, which does not exist yet if the Postgres server is external."""
    work_directory = PostgresFiles.of(state_directory).work_directory
    if work_directory is None:
        state_directory.folder("postgres")
        return
    work_directory.mkdir(mode=0o711, exist_ok=True)
    if not is_own_directory(work_directory):
        raise LocalCloudError(
            f"`{work_directory}` belongs to another user, but PgBouncer needs this directory for its settings. Delete "
            "it."
        )
    work_directory.chmod(0o711)
    state_directory.write(RECORD, {"lodging": str(work_directory)})
