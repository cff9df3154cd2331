"""The examples in Java and .NET, for which the tests have no generator of an SDK, name what the schema has."""

import re
from pathlib import Path
from typing import Any

import pytest

from edge_postgres._plugin import schema

LANGUAGES = Path(__file__).resolve().parents[2] / "examples" / "languages"
ORIGIN: dict[str, Any] = schema.read_schema(schema.CURRENT)["types"]["edge-postgres:index:PostgresOrigin"]["properties"]


@pytest.mark.parametrize(
    ("file", "fields"),
    [
        pytest.param("java/src/main/java/app/App.java", r"\.(\w+)\(.*found\.\1\(\)", id="java"),
        pytest.param("dotnet/Program.cs", r"\b(\w+) = found\.\1\b", id="dotnet"),
    ],
)
def test_an_example_copies_every_field_of_an_origin(file: str, fields: str) -> None:
    copied = re.findall(fields, (LANGUAGES / file).read_text())
    assert sorted(name[0].lower() + name[1:] for name in copied) == sorted(ORIGIN)
