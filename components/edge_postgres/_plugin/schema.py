"""The committed schema of the package, from which the SDKs of other languages are generated.

`python -m edge_postgres._plugin.schema` writes `plugin-schema.json`. With `--release` it also writes `released.json`:
the part of the schema on which programs in other languages depend, at the last release.
"""

import json
import sys
from pathlib import Path

from edge_postgres._plugin.package import create_package
from edge_postgres.core.json_types import Json

FOLDER = Path(__file__).resolve().parent.parent / "data"
CURRENT = FOLDER / "plugin-schema.json"
RELEASED = FOLDER / "released.json"


def infer_schema() -> Json:
    """Returns the schema of the package, which Pulumi infers from the components."""
    schema: Json = json.loads(create_package().schema or "")
    return schema


def read_schema(file: Path) -> Json:
    """Returns the schema in a file."""
    schema: Json = json.loads(file.read_text())
    return schema


def to_text(schema: Json) -> str:
    """Returns the content of the committed file, with one value per line so that a diff is small."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def without_descriptions(schema: Json) -> Json:
    """Returns the schema without its descriptions, on which no program depends."""
    return {key: _strip(value) for key, value in schema.items() if not _is_prose(key, value)}


def _strip(value: object) -> object:
    if isinstance(value, dict):
        return without_descriptions(value)
    return [_strip(each) for each in value] if isinstance(value, list) else value


def _is_prose(key: str, value: object) -> bool:
    # A property can have the name `description`. Its value is an object, and the description of a schema is a string.
    return key == "description" and isinstance(value, str)


def main(arguments: list[str]) -> None:
    CURRENT.write_text(to_text(infer_schema()))
    if "--release" in arguments:
        RELEASED.write_text(to_text(without_descriptions(infer_schema())))


if __name__ == "__main__":
    main(sys.argv[1:])
