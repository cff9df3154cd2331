"""The reference pages match the sources: `UPDATE_GOLDEN=1 pytest tests/unit/test_reference.py` writes them."""

from typing import Any

import pytest

from edge_postgres.core.limit import Limit
from edge_postgres.hyperdrive import limits as cloudflare
from edge_postgres.origins.neon import limits as neon
from tests.unit.generated import as_committed
from tools.reference import components, limits
from tools.reference.files import GENERATED, REFERENCE

SCHEMA: dict[str, Any] = {
    "resources": {
        "edge-postgres:index:Pool": {
            "description": (
                "A pool.\n\n    Creates ``one`` pool.\n\n    Refuses two.\n\n"
                "    Example::\n\n        Pool(\n            1)"
            ),
            "inputProperties": {
                "aWord": {"$ref": "#/types/edge-postgres:index:Word", "description": "A word."},
                "connectionLimit": {"type": "number", "description": "At least 5,\n    or more.", "plain": True},
                "names": {"type": "object", "additionalProperties": {"type": "string"}, "description": "a | b"},
            },
            "requiredInputs": ["connectionLimit"],
            "properties": {"ids": {"type": "array", "items": {"type": "string"}, "description": "Ids."}},
        }
    },
    "types": {
        "edge-postgres:index:Word": {"description": "A choice.", "enum": [{"value": "yes", "description": "Sure."}]}
    },
}


@pytest.mark.parametrize("page", ["components.md", "limits.md"])
def test_a_page_is_generated_from_the_sources(page: str) -> None:
    as_committed(REFERENCE / page, GENERATED[REFERENCE / page]())


def test_every_page_of_the_reference_is_generated() -> None:
    assert set(REFERENCE.iterdir()) == {file for file in GENERATED if file.parent == REFERENCE}


# Components.


def text() -> str:
    return components.page(SCHEMA)


def test_required_properties_come_first() -> None:
    assert text().index("| `connection_limit` |") < text().index("| `a_word` |") < text().index("| `names` |")


@pytest.mark.parametrize(
    "line",
    [
        "| [Pool](#pool) | A pool. |",
        "| `connection_limit` | number, *plain*, required | At least 5, or more. |",
        "| `a_word` | [Word](#word) | A word. |",
        "| `names` | map of string | a \\| b |",
        "| `ids` | list of string | Ids. |",
        "| `yes` | Sure. |",
        "Creates `one` pool.",
    ],
)
def test_a_line_has_name_type_and_description(line: str) -> None:
    assert line in text().splitlines()


def test_the_example_is_code_with_its_indentation() -> None:
    assert "```python\nPool(\n    1)\n```" in text()


# Vendors' numbers.


def test_every_number_is_on_the_page() -> None:
    page = limits.page()
    names = [name for module in (cloudflare, neon) for name, found in vars(module).items() if isinstance(found, Limit)]
    assert [name for name in names if f"| `{name}` | " not in page] == []
    assert len(names) > 2


def test_a_number_has_its_unit_source_and_date() -> None:
    (line,) = (line for line in limits.page().splitlines() if line.startswith("| `HYPERDRIVE_CONNECTIONS_CEILING`"))
    _, _, numbers, unit, source, remarks, _ = line.split("|")
    assert (numbers.strip(), unit.strip()) == ("free: 20; paid: 1,500", "origin connections of one configuration")
    assert source.strip().endswith("/hyperdrive/configuration/tune-connection-pool/), 2026-11-21")
    assert remarks.strip() == "In force since 2026-09-10. The API's schema still has the old maximum of 100."


def test_an_unverified_number_is_marked() -> None:
    (line,) = (line for line in limits.page().splitlines() if line.startswith("| `RDS_RESERVED_CONNECTIONS`"))
    assert "Unverified" in line
