"""The Secrets Store in a stack file: accepted settings, errors, and the source of the values."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pydantic
import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import Model, ValidationContext
from edge_postgres.stack.secrets import Secrets, read_secrets
from edge_postgres.stack.workers.secrets_store import SecretsStoreSettings, bindable_secrets
from tests.harness import deploy
from tests.unit.test_secrets_store import PREFIX, SECRET, STORE_ID

TAGS: dict[str, Any] = {"provider": (), "kind": ()}


class File(Model):
    """A stack file with this section only."""

    secrets_store: SecretsStoreSettings


def validated(part: dict[str, Any], names: Iterable[str]) -> SecretsStoreSettings:
    secrets = Secrets({f"secretsStore.{name}": "v" for name in names})
    context = ValidationContext("dev", Plan.PAID, Path(), secrets)
    return File.model_validate({"secretsStore": part}, context=context).secrets_store


def error_at(path: str, part: dict[str, Any], *names: str) -> str:
    """The message for a section with one error, which is at the path; ``names`` are the secrets that are set."""
    found: dict[str, str] = {}

    def program() -> None:
        # The message for a missing value contains a command with the name of the project.
        with pytest.raises(pydantic.ValidationError) as raised:
            validated(part, names)
        found.update({error.path: error.message for error in errors_of(raised.value, File, TAGS)})

    deploy(program)
    assert list(found) == [path]
    return found[path]


def part(**secret: Any) -> dict[str, Any]:
    """A section with one secret in the account's store."""
    return {"storeId": STORE_ID, "secrets": {"stripe-key": secret}}


def stored(part: dict[str, Any], **values: str) -> dict[str, str]:
    """The stored values by name; ``values`` are the encrypted secrets of the stack."""
    values = {name.replace("_", "-"): value for name, value in values.items()}

    def program() -> None:
        context = StackContext("0123456789abcdef0123456789abcdef", Plan.PAID, stack="dev", secrets=read_secrets())
        validated(part, values).create("secrets", context)

    run = deploy(program, config={"secrets": {"secretsStore": values}}, secret_keys=["secrets"])
    assert all(entry.secrets == {"value"} for entry in run.all(SECRET))
    return {entry.inputs["name"]: entry.inputs["value"] for entry in run.all(SECRET)}


def test_the_value_is_read_from_the_path_of_the_secret() -> None:
    assert stored(part(), stripe_key="one") == {f"{PREFIX}stripe-key": "one"}


def test_a_second_version_has_a_separate_value_and_the_first_one_is_kept() -> None:
    assert stored(part(version=2), stripe_key="one", stripe_key_v2="two") == {
        f"{PREFIX}stripe-key": "one",
        f"{PREFIX}stripe-key-v2": "two",
    }


def test_the_previous_version_is_deleted_without_keep_previous() -> None:
    found = stored(part(version=2, keepPrevious=False), stripe_key="one", stripe_key_v2="two")
    assert found == {f"{PREFIX}stripe-key-v2": "two"}


def test_the_names_in_the_store_can_have_another_prefix() -> None:
    assert stored({**part(), "namePrefix": "shop-"}, stripe_key="one") == {"shop-stripe-key": "one"}


def test_scopes_comment_and_store_reach_the_secret() -> None:
    settings = validated(part(scopes=["dex", "access"], comment="of the shop"), ["stripe-key"])
    context = StackContext(
        "0123456789abcdef0123456789abcdef", Plan.PAID, stack="dev", secrets=Secrets({"secretsStore.stripe-key": "v"})
    )

    def program() -> None:
        settings.create("secrets", context)

    assert deploy(program).one(SECRET).inputs == {
        "accountId": "0123456789abcdef0123456789abcdef",
        "storeId": STORE_ID,
        "name": f"{PREFIX}stripe-key",
        "value": "v",
        "scopes": ["access", "dex"],
        "comment": "of the shop",
    }


def test_the_message_for_a_missing_value_has_the_command_that_sets_it() -> None:
    assert error_at("secretsStore.secrets.stripe-key", part()) == (
        "has no value for version 1. "
        "Run: pulumi config set --secret --path 'edge-postgres:secrets.secretsStore.stripe-key'"
    )


def test_a_new_version_needs_a_separate_value() -> None:
    message = error_at("secretsStore.secrets.stripe-key", part(version=2), "stripe-key")
    assert message.endswith("'edge-postgres:secrets.secretsStore.stripe-key-v2'")


def test_the_message_for_a_missing_previous_value_has_two_fixes() -> None:
    message = error_at("secretsStore.secrets.stripe-key", part(version=3), "stripe-key-v3")
    assert "has no value for version 2" in message
    assert "stripe-key-v2'\nOr set `keepPrevious: false`" in message


@pytest.mark.parametrize(
    ("store", "problem"),
    [
        ({}, "is required"),
        ({"storeId": STORE_ID, "storeName": "mine"}, "cannot be combined with `storeName`"),
    ],
)
def test_one_store_is_required(store: dict[str, str], problem: str) -> None:
    message = error_at("secretsStore.storeId", {**store, "secrets": {}})
    assert message == f"{problem}. Set the ID of the account's store, or `storeName` to create a store."


def test_a_store_id_in_another_form_is_rejected() -> None:
    message = error_at("secretsStore.storeId", {"storeId": "default_secrets_store", "secrets": {}})
    assert "must be 32 hexadecimal digits (0-9, a-f), got default_secrets_store" in message


def test_an_unknown_scope_is_rejected() -> None:
    assert "got worker" in error_at("secretsStore.secrets.stripe-key.scopes", part(scopes=["worker"]), "stripe-key")


def test_a_version_below_one_is_rejected() -> None:
    assert error_at("secretsStore.secrets.stripe-key.version", part(version=0), "stripe-key")


def test_a_secret_with_the_name_of_a_version_of_another_secret_is_rejected() -> None:
    secrets = {"key": {"version": 2, "keepPrevious": False}, "key-v2": {}}
    message = error_at("secretsStore.secrets", {"storeId": STORE_ID, "secrets": secrets}, "key-v2")
    assert "must have unique names in the store, got key-v2 twice" in message


def test_no_message_shows_a_value_in_place_of_the_settings() -> None:
    message = error_at("secretsStore.secrets.stripe-key", {"storeId": STORE_ID, "secrets": {"stripe-key": "sk_live_1"}})
    assert "sk_live_1" not in message


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ({"secrets": {"a": {}, "b": {"scopes": ["dex", "workers"]}, "c": {"scopes": ["dex"]}}}, ["a", "b"]),
        ({"secrets": {"faulty": None, "wrong": {"scopes": 7}}}, ["faulty", "wrong"]),
        ({"secrets": ["faulty"]}, []),
        ("faulty", []),
        (None, []),
    ],
)
def test_workers_can_be_bound_to_the_secrets_with_the_scope_workers(raw: Any, names: list[str]) -> None:
    assert list(bindable_secrets(raw)) == names
