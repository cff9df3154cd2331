"""Values of a stack file that YAML changes, that a copied text damages, or that are missing.

The values are those that Pulumi 3.259.0 passes for such a line of a stack file (`pulumi config --json`).
"""

import contextlib
from pathlib import Path
from typing import Any

import pulumi
import pytest

from edge_postgres import stack as settings
from tests.harness import deploy_with_vendors
from tests.unit.test_settings import SENTINEL, faults, load, only_fault, parts, root, stack_file
from tools.changes.table import read_rows

__all__ = ["root"]

MAIN = "databases.main"
DATE = "2025-01-01 00:00:00 +0000 UTC"
"""The engine passes `2025-01-01` without quotes so, and a time with another zone as `… -0500 -0500`."""


def test_an_unquoted_compatibility_date_is_accepted(root: Path) -> None:
    stack, _ = load(root, stack_file(workers__api__compatibilityDate="2026-11-01 00:00:00 +0000 UTC"))
    assert stack.workers["api"].compatibility_date == "2026-11-01"


@pytest.mark.parametrize(
    "path", ["workers__api__vars", "workers__api__json", "workers__api__otherBindings", "databases__main__transform"]
)
def test_a_date_that_yaml_changed_is_rejected_where_any_string_is_valid(root: Path, path: str) -> None:
    found = faults(root, stack_file(**{path: {"RELEASED": DATE}}))
    assert "Put it in quotes" in found[f"{path.replace('__', '.')}.RELEASED"]


@pytest.mark.parametrize("date", [DATE, "2001-12-14 21:59:43.1 -0500 -0500"])
def test_a_date_that_yaml_changed_is_no_name(root: Path, date: str) -> None:
    found = only_fault(root, f"{MAIN}.hyperdrive.configName", stack_file(databases__main__hyperdrive__configName=date))
    assert "is a date, which YAML changes to" in found


def test_a_date_as_a_key_is_rejected(root: Path) -> None:
    assert "Put it in quotes" in only_fault(root, "workers.api.vars", stack_file(workers__api__vars={DATE: "x"}))


@pytest.mark.parametrize("value", ["a\0b", "a\x1b[2Jb", "a\u200bb", "\ufeffapp", "a\u202eb", "a\x7fb", "a\u2028b"])
def test_a_character_that_is_not_visible_is_rejected(root: Path, value: str) -> None:
    found = only_fault(root, f"{MAIN}.database", stack_file(databases__main=parts(database=value)))
    assert "U+" in found
    assert value not in found


def test_half_a_character_is_rejected_in_a_variable(root: Path) -> None:
    found = faults(root, stack_file(workers__api__vars={"A": "\ud800"}))
    assert "must be valid Unicode" in found["workers.api.vars.A"]


@pytest.mark.parametrize("value", [" app", "app ", "app\n", "a\nb"])
def test_spaces_around_a_value_are_rejected(root: Path, value: str) -> None:
    found = only_fault(root, f"{MAIN}.user", stack_file(databases__main=parts(user=value)))
    assert "must be on one line" in found


def test_a_variable_can_have_any_string(root: Path) -> None:
    values = {"A": "", "B": " a\nb ", "C": "\x1b[0m", "D": "x" * 5000}
    stack, _ = load(root, stack_file(workers__api__vars=values))
    assert stack.workers["api"].vars == values


def test_a_value_that_is_too_long_is_not_shown(root: Path) -> None:
    found = only_fault(
        root, f"{MAIN}.hyperdrive.configName", stack_file(databases__main__hyperdrive__configName="x" * 4097)
    )
    assert "must be at most 4096 characters long, got 4097" in found
    assert "xx" not in found


@pytest.mark.parametrize("name", ["caFile", "clientCertificateFile"])
def test_a_long_path_of_a_certificate_is_rejected(root: Path, name: str) -> None:
    tls = {"mode": "verify-full", "caFile": "authority.pem", name: "x" * 300}
    found = faults(root, stack_file(databases__main__hyperdrive__tls=tls))
    assert "must be an existing file" in found[f"{MAIN}.hyperdrive.tls.{name}"]


def test_a_long_path_of_static_files_is_rejected(root: Path) -> None:
    found = faults(root, stack_file(workers__api__assets={"directory": "x" * 300}))
    assert "must be a directory" in found["workers.api.assets.directory"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_is_finite(root: Path, number: float) -> None:
    found = only_fault(root, f"{MAIN}.maxConnections", stack_file(databases__main__maxConnections=number))
    assert "finite number" in found


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(
    "path",
    [
        "databases.main.route", "databases.main.hyperdrive.tls", "databases.main.maxConnections",
        "databases.main.protect", "workers.api.domains", "workers.api.routes", "workers.api.scriptName",
    ],
)  # fmt: skip
def test_a_key_without_a_value_does_not_select_the_default(root: Path, path: str, value: str | None) -> None:
    found = faults(root, stack_file(**{path.replace(".", "__"): value}))
    assert list(found) == [path]
    assert "no value" in found[path]


def test_a_section_without_a_value_is_rejected(root: Path) -> None:
    assert "must be a map, got no value" in only_fault(root, "kv", stack_file(kv=""))


def test_an_element_of_a_list_without_a_value_is_rejected(root: Path) -> None:
    assert "no value" in only_fault(root, "workers.api.crons[0]", stack_file(workers__api__crons=[None]))


def test_a_transform_can_contain_empty_values(root: Path) -> None:
    transform = {"script": {"bodyPart": "", "logpush": None}}
    stack, _ = load(root, stack_file(workers__api__transform=transform))
    assert stack.workers["api"].transform == transform


@pytest.mark.parametrize("key", ["", "a\0b", "a\u200bb"])
def test_a_key_has_visible_characters(root: Path, key: str) -> None:
    found = only_fault(
        root,
        f"{MAIN}.hyperdrive.otherStacks",
        stack_file(databases__main__hyperdrive__otherStacks={key: "organization/p/s"}),
    )
    assert "has a key with" in found


def test_a_message_has_no_control_characters(root: Path) -> None:
    with pytest.raises(pulumi.RunError) as error:
        load(root, stack_file(databases__main=parts(**{"por\x1b[2Jt": 5})))
    assert "\x1b" not in str(error.value)
    assert r"\x1b" in str(error.value)


# The engine passes JSON that the user has put in quotes as it is.
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"main": {', "is not valid JSON"),
        ("[1", "is not valid JSON"),
        ('{"main": {"provider": "neon", "provider": "rds"}}', "has the key `provider` twice"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_a_value_that_cannot_be_read_is_reported_with_its_key(root: Path, text: str, problem: str) -> None:
    assert problem in faults(root, stack_file(databases=text))["databases"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("abc", "must be a map"),
        ("[]", "must be a map"),
        ('{"databases":', "is not valid JSON"),
        (f'{{"a": "{SENTINEL}", "a": "{SENTINEL}"}}', "has the key `a` twice"),
    ],
)
def test_secrets_that_cannot_be_read_are_rejected_without_their_value(root: Path, text: str, problem: str) -> None:
    found = faults(root, stack_file(secrets=text))
    assert problem in found["secrets"]
    assert SENTINEL not in str(found)
    assert "abc" not in str(found)


def test_all_values_that_cannot_be_read_are_reported_with_the_other_errors(root: Path) -> None:
    file = stack_file(secrets="abc", databases="{", workers="{", accountId="abc")
    assert set(faults(root, file)) == {"accountId", "databases", "secrets", "workers"}


def test_one_secret_under_two_spellings_is_rejected(root: Path) -> None:
    file = stack_file()
    file["secrets"]["databases.main.url"] = "postgres://app:other@db.example.com/app"
    assert "has two values" in only_fault(root, "secrets.databases.main.url", file)


SECTIONS = [
    "accountId", "plan", "accountLimits", "databases", "hyperdriveConfigurations", "kv", "queues", "secretsStore",
    "workers", "pages",
]  # fmt: skip
SHAPES: dict[str, Any] = {
    "null": None, "text": "text", "number": 7, "list": [], "map": {}, "null in a list": [None], "list in a list": [[1]],
    "null in a map": {"main": None}, "list in a map": {"main": [1]}, "text in a map": {"main": "text"},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_each_section_of_another_type_is_accepted_or_reported(root: Path, shape: str) -> None:
    # Any other exception than `RunError` fails the test.
    for section in SECTIONS:
        with contextlib.suppress(pulumi.RunError):
            load(root, stack_file(**{section: SHAPES[shape]}))


VALUES = [
    None,
    "",
    [],
    {},
    [None],
    {"a": 1},
    0,
    -1,
    5.5,
    1e23,
    float("nan"),
    True,
    "on",
    DATE,
    "a\0b",
    "\ud800",
    "x" * 5000,
]


def changed(tree: Any, value: Any) -> Any:
    """A stack file with the value in place of each string, number and boolean, except those that select a model."""
    if isinstance(tree, dict):
        return {key: each if key in ("provider", "kind") else changed(each, value) for key, each in tree.items()}
    return [changed(each, value) for each in tree] if isinstance(tree, list) else value


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_another_value_of_each_setting_is_reported(root: Path, value: Any) -> None:
    for base in {row.base.title: row.base for row in read_rows()}.values():
        secrets: Any = {"secrets": dict.fromkeys(base.secrets, "not-a-secret")}
        file = changed({**base.config}, value)
        with pytest.raises(pulumi.RunError, match=r"Pulumi\.dev\.yaml has [0-9]+ errors"):
            deploy_with_vendors(
                lambda: settings.load(root), config={**file, **secrets}, secret_keys=["secrets"], stack="dev"
            )
