"""The records of an emulator by kind, owner and id, in memory and in one file."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]
"""Immutable once it is stored. A change stores a new record."""
Kinds = dict[str, dict[str, dict[str, Record]]]

SCHEMA = 2


class StoreError(Exception):
    """The file cannot be used. The message is for the user at the terminal."""


class Records:
    """Records of several kinds. Their owner is an account, zone or namespace, and ids are unique per owner."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    def get(self, kind: str, owner: str, name: str) -> Record | None:
        return self._kinds.get(kind, {}).get(owner, {}).get(name)

    def owned(self, kind: str, owner: str) -> list[Record]:
        """Returns the records of an owner, oldest first."""
        return list(self._kinds.get(kind, {}).get(owner, {}).values())

    def every(self, kind: str) -> Iterator[tuple[str, Record]]:
        """Yields the owner and the record of all records of a kind."""
        for owner, records in self._kinds.get(kind, {}).items():
            for record in records.values():
                yield owner, record

    def owners(self) -> set[str]:
        return {owner for owners in self._kinds.values() for owner, records in owners.items() if records}

    def ids(self) -> dict[str, list[str]]:
        """Returns the ids by kind, without content and therefore without secrets, and without deleted records."""
        return {
            kind: [
                name for records in owners.values() for name, record in records.items() if not record.get("deleted_at")
            ]
            for kind, owners in self._kinds.items()
        }

    def draft(self) -> "Draft":
        """Returns a copy for uncommitted changes."""
        return Draft(self._kinds)

    def put(self, kind: str, owner: str, name: str, record: Record) -> None:
        self._kinds.setdefault(kind, {}).setdefault(owner, {})[name] = record

    def delete(self, kind: str, owner: str, name: str) -> None:
        self._kinds.get(kind, {}).get(owner, {}).pop(name, None)


class Draft(Records):
    """Uncommitted changes. Reads see the changed records."""

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

    def merge(self, other: "Draft") -> None:
        """Adds all changes of another draft."""
        for (kind, owner, name), record in other.changes.items():
            if record is None:
                self.delete(kind, owner, name)
            else:
                self.put(kind, owner, name, record)


class Store(Records):
    """Persistent records. Every change is written to the file before the response is sent."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        super().__init__(kinds)
        self._path = path
        self._texts: dict[tuple[str, str, str], tuple[Record, str]] = {}
        """The records of the last save, with their JSON. A script has several MB, and only few records change."""

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Reads the file. Raises ``StoreError`` if it is not a store, and does not change it."""
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
                f"The store `{path}` is not a JSON object of schema {SCHEMA}. It was not changed. "
                "Move the file to start with empty accounts."
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

    def commit(self, draft: Draft) -> None:
        """Applies all changes of a draft and writes the file once."""
        for (kind, owner, name), record in draft.changes.items():
            if record is None:
                super().delete(kind, owner, name)
            else:
                super().put(kind, owner, name, record)
        self._save()

    def _save(self) -> None:
        self._update_texts()
        # mkstemp creates the file with mode 0600, and replacing a file is atomic.
        descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.writelines(self._pieces())
            Path(temporary).replace(self._path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _update_texts(self) -> None:
        known, self._texts = self._texts, {}
        for kind, owners in self._kinds.items():
            for owner, records in owners.items():
                for name, record in records.items():
                    text = known.get((kind, owner, name))
                    if text is None or text[0] is not record:
                        text = (record, json.dumps(record))
                    self._texts[kind, owner, name] = text

    def _pieces(self) -> Iterator[str]:
        """Yields the JSON of the file."""
        yield f'{{"schema": {SCHEMA}, "kinds": {{'
        for number, (kind, owners) in enumerate(self._kinds.items()):
            yield f"{', ' if number else ''}{json.dumps(kind)}: {{"
            for place, (owner, records) in enumerate(owners.items()):
                yield f"{', ' if place else ''}{json.dumps(owner)}: {{"
                for index, name in enumerate(records):
                    yield f"{', ' if index else ''}{json.dumps(name)}: "
                    yield self._texts[kind, owner, name][1]
                yield "}"
            yield "}"
        yield "}}"
