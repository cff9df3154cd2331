"""Files of the repository that are made from its sources."""

import os
from pathlib import Path


def as_committed(file: Path, text: str) -> None:
    """The file holds the text; `UPDATE_GOLDEN=1` writes it."""
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    # Not compared as wholes: what differs is said by the line, not by two files.
    assert file.is_file(), f"{file.name} is not there; UPDATE_GOLDEN=1 writes it"
    assert file.read_text().splitlines() == text.splitlines()
