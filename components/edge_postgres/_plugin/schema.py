"""The package's schema, as it is committed: what the generated SDKs of other languages are made from.

`python -m plugin.schema` writes `schema.json`, and `--release` also `released.json`: the part of it that programs in
other languages stand on, as of the last release.
"""

import json
import sys
from pathlib import Path
from typing import Any

from edge_postgres._plugin.package import package

FOLDER = Path(__file__).resolve().parent.parent / "data"
CURRENT = FOLDER / "plugin-schema.json"
RELEASED = FOLDER / "released.json"

Json = dict[str, Any]


def current() -> Json:
    """What the components say now."""
    inferred: Json = json.loads(package().schema or "")
    return inferred


def read(file: Path) -> Json:
    schema: Json = json.loads(file.read_text())
    return schema


def text(schema: Json) -> str:
    """As it is committed, so that a change shows as the lines that it touches."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def undescribed(value: Any) -> Any:
    """A schema without its prose: no program stands on that."""
    if isinstance(value, dict):
        return {key: undescribed(each) for key, each in value.items() if not _is_prose(key, each)}
    return [undescribed(each) for each in value] if isinstance(value, list) else value


def _is_prose(key: str, value: Any) -> bool:
    # A property may be called `description`; it is an object then.
    return key == "description" and isinstance(value, str)


def main(arguments: list[str]) -> None:
    CURRENT.write_text(text(current()))
    if "--release" in arguments:
        RELEASED.write_text(text(undescribed(current())))


if __name__ == "__main__":
    main(sys.argv[1:])
