"""The files that are checked, and the passages of each."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.prose.comments import hash_comments, slash_comments
from tools.prose.markdown import markdown_passages
from tools.prose.passages import Passage
from tools.prose.python_source import python_passages

HASH_SUFFIXES = (".yaml", ".yml", ".toml", ".sh")
HASH_NAMES = ("Makefile", "requirements.txt", "requirements-dev.txt", ".ci/run")
SLASH_SUFFIXES = (".ts", ".mjs", ".go", ".cs", ".java")


def files(root: Path, paths: Sequence[Path], skipped: Sequence[str]) -> Iterator[Path]:
    """Files below `paths`, without those whose path from `root` begins with, or name is, one of `skipped`."""
    for path in paths:
        for file in _below(path, skipped) if path.is_dir() else (path,):
            relative = file.relative_to(root).as_posix()
            if not any(relative == skip or relative.startswith(f"{skip}/") for skip in skipped):
                yield file


def _below(folder: Path, skipped: Sequence[str]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in skipped)
        yield from (Path(parent, name) for name in sorted(names))


def passages(file: Path, root: Path) -> Iterator[Passage]:
    """Nothing for a file in a language that is not read."""
    relative = file.relative_to(root).as_posix()
    if file.suffix == ".md":
        yield from markdown_passages(file.read_text())
    elif file.suffix == ".py":
        yield from python_passages(file.read_text(), messages=not relative.startswith("tests/"))
    elif file.suffix in HASH_SUFFIXES or relative in HASH_NAMES:
        yield from hash_comments(file.read_text())
    elif file.suffix in SLASH_SUFFIXES:
        yield from slash_comments(file.read_text())
