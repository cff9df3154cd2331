"""What the accounts hold: records by kind, owner and id, in memory and in one file."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]
"""Never changed once it is stored: a change stores a new one."""
Kinds = dict[str, dict[str, dict[str, Record]]]

SCHEMA = 2


class StoreError(Exception):
    """The file cannot be used; one sentence for the person at the terminal."""


class Records:
    """Records of several kinds. The owner is an account, a zone, or a namespace; an id is unique below its owner."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    def get(self, kind: str, owner: str, name: str) -> Record | None:
        return self._kinds.get(kind, {}).get(owner, {}).get(name)

    def owned(self, kind: str, owner: str) -> list[Record]:
        """Oldest first."""
        return list(self._kinds.get(kind, {}).get(owner, {}).values())

    def every(self, kind: str) -> Iterator[tuple[str, Record]]:
        """Owner and record."""
        for owner, records in self._kinds.get(kind, {}).items():
            for record in records.values():
                yield owner, record

    def owners(self) -> set[str]:
        return {owner for owners in self._kinds.values() for owner, records in owners.items() if records}

    def ids(self) -> dict[str, list[str]]:
        """Ids by kind; no content, so no secret."""
        return {kind: [name for records in owners.values() for name in records] for kind, owners in self._kinds.items()}

    def put(self, kind: str, owner: str, name: str, record: Record) -> None:
        self._kinds.setdefault(kind, {}).setdefault(owner, {})[name] = record

    def delete(self, kind: str, owner: str, name: str) -> None:
        self._kinds.get(kind, {}).get(owner, {}).pop(name, None)


class Draft(Records):
    """Changes that are not made yet, seen as if they were."""

    def __init__(self, kinds: Kinds) -> None:
        super().__init__(
            {kind: {owner: {**named} for owner, named in owners.items()} for kind, owners in kinds.items()}
        )
        self.changes: dict[tuple[str, str, str], Record | None] = {}

    def put(self, kind: str, owner: str, name: str, record: Record) -> None:
        super().put(kind, owner, name, record)
        self.changes[kind, owner, name] = record

    def delete(self, kind: str, owner: str, name: str) -> None:
        super().delete(kind, owner, name)
        self.changes[kind, owner, name] = None


class Store(Records):
    """Records that outlive the process: every change is in the file before it is answered."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        super().__init__(kinds)
        self._path = path

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Raises ``StoreError`` for a file that is not ours to read; the file is left as it is."""
        try:
            content = json.loads(path.read_text())
        except FileNotFoundError:
            return cls(path, {})
        except OSError as error:
            raise StoreError(f"The store `{path}` cannot be read: {error.strerror}.") from None
        except ValueError:
            content = None
        if (
            not isinstance(content, dict)
            or content.get("schema") != SCHEMA
            or not isinstance(content.get("kinds"), dict)
        ):
            raise StoreError(
                f"The store `{path}` is not a JSON object of schema {SCHEMA}. It was left as it is. "
                "Move it away to start with empty accounts."
            )
        return cls(path, content["kinds"])

    def put(self, kind: str, owner: str, name: str, record: Record) -> None:
        super().put(kind, owner, name, record)
        self._save()

    def delete(self, kind: str, owner: str, name: str) -> None:
        super().delete(kind, owner, name)
        self._save()

    def clear(self) -> None:
        self._kinds.clear()
        self._save()

    def draft(self) -> Draft:
        return Draft(self._kinds)

    def accept(self, draft: Draft) -> None:
        """Makes the draft's changes, all in one."""
        for (kind, owner, name), record in draft.changes.items():
            if record is None:
                super().delete(kind, owner, name)
            else:
                super().put(kind, owner, name, record)
        self._save()

    def _save(self) -> None:
        text = json.dumps({"schema": SCHEMA, "kinds": self._kinds})
        # mkstemp makes it mode 0600, and a replacement is whole or not there at all.
        descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(text)
            Path(temporary).replace(self._path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
