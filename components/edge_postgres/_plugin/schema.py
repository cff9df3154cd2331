"""The committed schema of the package, from which the SDKs of other languages are generated.

`python -m edge_postgres._plugin.schema` writes `plugin-schema.json`. With `--release` it also writes `released.json`.
This file describes the last release: the part of the schema on which programs in other languages depend, and the public
names of Python programs and stack files.
"""

import json
import sys
from pathlib import Path

from edge_postgres._plugin.package import create_package
from edge_postgres.core.json_types import Json

FOLDER = Path(__file__).resolve().parent.parent / "data"
CURRENT = FOLDER / "plugin-schema.json"
PUBLIC_NAMES = FOLDER / "public-names.json"
RELEASED = FOLDER / "released.json"

NAMES = "publicNames"
"""Key of `released.json` with the names of Python programs and of stack files."""


def infer_schema() -> Json:
    """Returns the schema of the package, which Pulumi infers from the components."""
    schema: Json = json.loads(create_package().schema or "")
    return schema


def read_schema(file: Path) -> Json:
    """Returns the schema in a file."""
    schema: Json = json.loads(file.read_text())
    return schema


def describe_release(schema: Json, names: Json) -> Json:
    """Returns the content of `released.json`: the schema, and the names that are not in the schema.

    Args:
        schema: The schema of the package.
        names: The public names by kind of program, as in `public-names.json`.
    """
    others = {kind: found for kind, found in names.items() if kind != "plugin"}
    return {**without_descriptions(schema), NAMES: others}


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
        RELEASED.write_text(to_text(describe_release(infer_schema(), read_schema(PUBLIC_NAMES))))


if __name__ == "__main__":
    main(sys.argv[1:])
