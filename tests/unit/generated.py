"""Compares the repository's generated files with their sources."""

import os
from pathlib import Path


def as_committed(file: Path, text: str) -> None:
    """Checks that the file has this content. `UPDATE_GOLDEN=1` writes it."""
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    # The comparison is by lines, so that a failure shows only the lines that differ.
    assert file.is_file(), f"{file.name} does not exist; UPDATE_GOLDEN=1 writes it"
    assert file.read_text().splitlines() == text.splitlines()
