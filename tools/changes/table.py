"""The table of changes: for each setting a changed value, and the result that the change must have.

Each file in `table` has the keys `title`, `config` (the stack file that is deployed first), `secrets` (value by path),
`rows`, and `mocks` with the reason why the local cloud cannot deploy the stack file. A row has these keys:

- `to`: the new value. `null` removes the setting.
- `result`: the expected result, one of `Result`.
- `with`: other settings, by path, that the stack file has before and after the change.
- `then`: other settings, by path, that the stack file has only after the change.
- `lost`: for `replaced`, and for `rejected` because of `protect`: a sentence about what a replacement loses.
- `error`: for `rejected`: a part of the message.
- `mocks`: the reason why this row cannot be played on the local cloud.
"""

import copy
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tools import stack_yaml

FOLDER = Path(__file__).resolve().parent / "table"
PROTECTED = "protect"
"""The value of `error` for a change that only the protection of a resource rejects."""


class Result(enum.StrEnum):
    """The result of a change of a setting."""

    IN_PLACE = "in place"
    """Resources are updated or added. None is replaced or deleted."""
    REDEPLOYED = "redeployed"
    """A Worker gets a new version of the same script."""
    REPLACED = "replaced"
    """A resource is deleted, and mostly another is created in its place."""
    REJECTED = "rejected"
    """`pulumi preview` fails with a message, and nothing changes."""
    NOTHING = "nothing"
    """No resource changes."""


@dataclass(frozen=True)
class Base:
    """A stack file before the changes."""

    title: str
    config: Mapping[str, Any]
    """Settings without the prefix of the project."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Value by path below `secrets`."""
    mocks: str = ""
    """Why the local cloud cannot deploy the stack file. Empty if it can."""


@dataclass(frozen=True)
class Row:
    """A change of one setting."""

    path: str
    """Path of the setting, as `settings.setting_paths` returns it."""
    base: Base
    to: Any
    result: Result
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Other settings by path, which the stack file has before and after the change."""
    then: Mapping[str, Any] = field(default_factory=dict)
    """Other settings by path, which the stack file has only after the change."""
    lost: str = ""
    error: str = ""
    mocks: str = ""
    """Why the row cannot be played on the local cloud. Empty if it can."""

    @property
    def before(self) -> dict[str, Any]:
        """The stack file before the change."""
        config = copy.deepcopy(dict(self.base.config))
        for path, value in self.settings.items():
            set_value(config, path, value)
        return config

    @property
    def after(self) -> dict[str, Any]:
        """The stack file after the change."""
        config = self.before
        for path, value in {**self.then, self.path: self.to}.items():
            set_value(config, path, value)
        return config

    @property
    def value(self) -> Any:
        """The value before the change. None if the setting is omitted."""
        return find_value(self.before, self.path)


def set_value(config: dict[str, Any], path: str, value: Any) -> None:
    """Sets a value in a stack file. None removes it. Maps on the way to the value are created."""
    *above, last = _parts(path)
    at = config
    for part in above:
        at = at.setdefault(_key(at, part), {})
    if value is None:
        at.pop(_key(at, last), None)
    else:
        at[_key(at, last)] = copy.deepcopy(value)


def find_value(config: Mapping[str, Any], path: str) -> Any:
    """Returns a value of a stack file. None if the stack file does not have it."""
    at: Any = config
    for part in _parts(path):
        if not isinstance(at, Mapping):
            return None
        at = at.get(_key(at, part))
    return at


@cache
def read_rows() -> tuple[Row, ...]:
    """Returns all rows of all files."""
    return tuple(row for file in sorted(FOLDER.glob("*.yaml")) for row in _rows_of(file))


def _rows_of(file: Path) -> list[Row]:
    content = stack_yaml.read(file)
    rows = content.pop("rows")
    base = Base(**content)
    return [_row(path, base, dict(each)) for path, each in rows.items()]


def _row(path: str, base: Base, each: dict[str, Any]) -> Row:
    mocks = base.mocks or each.pop("mocks", "")
    settings = each.pop("with", {})
    return Row(path, base, to=each.pop("to"), result=Result(each.pop("result")), settings=settings, mocks=mocks, **each)


def _parts(path: str) -> list[str]:
    return re.sub(r"\[[^]]*\]", "", path).split(".")


def _key(at: Mapping[str, Any], part: str) -> str:
    """Returns the key for a part of a path: for NAME the first key of the map."""
    return next(iter(at), part) if part == "NAME" else part
