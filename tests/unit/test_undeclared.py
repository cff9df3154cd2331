"""No legal answer of Cloudflare's API is an update that the program did not ask for.

The schema has the legal answers for an attribute that a resource does not set. The provider reports such an answer as
an update in each run, unless it normalizes the answer, or the component ignores changes of the attribute.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from edge_postgres import Worker
from edge_postgres.core.cloudflare_schema import Attribute, find_schema
from tests.harness import Registration, deploy
from tests.unit.samples import deployed, every_component
from tests.unit.sound import ACCOUNT

DESTINATIONS = "observability.logs.destinations"
SCRIPT = "cloudflare:index/workersScript:WorkersScript"


def endless_updates(attribute: Attribute, inputs: Any, path: str = "") -> Iterator[str]:
    """Yields the attributes that the inputs do not set, and that a legal answer would update in each run."""
    for name, child in attribute.children.items():
        below = f"{path}.{name}" if path else name
        value = inputs.get(name)
        if value is None:
            if set(child.undeclared) - {"omitted"} and not child.normalized:
                yield below
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, dict):
                    yield from endless_updates(child, element, f"{below}[{index}]")
        elif isinstance(value, dict) and child.type == "object":
            yield from endless_updates(child, value, below)


def is_ignored(path: str, ignored: list[str]) -> bool:
    return path in ignored or re.sub(r"\[\d+\]", "[*]", path) in ignored


def problems(registrations: list[Registration]) -> list[str]:
    return [
        f"{entry.type} {entry.name}: {path}"
        for entry in registrations
        if (schema := find_schema(entry.type))
        for path in endless_updates(schema, entry.inputs)
        if not is_ignored(path, list(entry.wire.ignoreChanges))
    ]


@every_component
def test_a_component_sets_or_ignores_each_attribute_that_an_answer_would_update_for_ever(
    name: str, bundle: str
) -> None:
    run, _, _ = deployed(name, bundle)
    assert problems(run.registrations) == []


def ignored_by_worker(bundle: str, **arguments: Any) -> list[str]:
    args = {"account_id": ACCOUNT, "bundle": bundle, "compatibility_date": "2026-11-01", **arguments}
    script = deploy(lambda: Worker("api", args)).one(SCRIPT)  # type: ignore[arg-type]
    return list(script.wire.ignoreChanges)


def test_changes_of_an_attribute_that_is_not_set_are_ignored(bundle: str) -> None:
    assert {"cacheOptions", DESTINATIONS} <= set(
        ignored_by_worker(bundle, observability={"enabled": True, "logs": {"enabled": True}})
    )


def test_changes_of_an_attribute_that_is_set_are_not_ignored(bundle: str) -> None:
    logs = {"enabled": True, "destinations": ["logs-of-the-team"]}
    assert DESTINATIONS not in ignored_by_worker(bundle, observability={"enabled": True, "logs": logs})


def test_changes_of_limits_are_never_ignored_so_that_removed_limits_end(bundle: str) -> None:
    assert "limits" not in ignored_by_worker(bundle)


@pytest.mark.parametrize("name", ["cacheOptions", "cache_options"])
def test_changes_of_an_attribute_that_a_transform_sets_are_not_ignored(name: str, bundle: str) -> None:
    transform = {"script": {name: {"enabled": True}}}
    assert "cacheOptions" not in ignored_by_worker(bundle, transform=transform)
