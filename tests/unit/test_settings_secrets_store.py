"""What a stack file may say of the Secrets Store, and where the values come from."""

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydantic
import pytest

import edge_postgres.workers.secrets_store as component
from edge_postgres.core.plan import Plan
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import Model, ValidationContext
from edge_postgres.stack.secrets import Secrets, read_secrets
from edge_postgres.stack.workers.secrets_store import SecretsStoreSettings, bindable_in
from tests.harness import deploy
from tests.unit.test_secrets_store import SECRET, STORE_ID


class File(Model):
    """A stack file of this part alone."""

    secrets_store: SecretsStoreSettings


def validated(part: dict[str, Any], names: Iterable[str]) -> SecretsStoreSettings:
    secrets = Secrets({f"secretsStore.{name}": "value" for name in names})
    around = ValidationContext(stack="dev", plan=Plan.PAID, root=Path(), secrets=secrets)
    return File.model_validate({"secretsStore": part}, context=around).secrets_store


def fault(path: str, part: dict[str, Any], *names: str) -> str:
    found: dict[str, str] = {}

    def program() -> None:
        # A missing value is answered with a command that names the project.
        with pytest.raises(pydantic.ValidationError) as refused:
            validated(part, names)
        found.update({one.path: one.message for one in errors_of(refused.value, File, {"provider": (), "kind": ()})})

    deploy(program)
    assert list(found) == [path]
    return found[path]


def part(**secret: Any) -> dict[str, Any]:
    """One secret in the account's store."""
    return {"storeId": STORE_ID, "secrets": {"stripe-key": secret}}


def stored(part: dict[str, Any], **values: str) -> dict[str, str]:
    """What the component stores, value by name, where the encrypted tree has ``values``."""
    values = {name.replace("_", "-"): value for name, value in values.items()}

    def program() -> None:
        arguments = validated(part, values).arguments(read_secrets(), account_id="a", name_prefix="shop-dev-")
        component.SecretsStore("secrets", arguments)

    run = deploy(program, config={"secrets": {"secretsStore": values}}, secret_keys=["secrets"])
    assert all(entry.secrets == {"value"} for entry in run.all(SECRET))
    return {entry.inputs["name"]: entry.inputs["value"] for entry in run.all(SECRET)}


def test_a_value_stands_below_the_name_of_its_secret() -> None:
    assert stored(part(), stripe_key="one") == {"shop-dev-stripe-key": "one"}


def test_a_second_version_has_a_value_of_its_own_and_the_first_one_stays() -> None:
    assert stored(part(version=2), stripe_key="one", stripe_key_v2="two") == {
        "shop-dev-stripe-key": "one",
        "shop-dev-stripe-key-v2": "two",
    }


def test_the_version_before_goes_when_it_is_told_to() -> None:
    found = stored(part(version=2, keepPrevious=False), stripe_key="one", stripe_key_v2="two")
    assert found == {"shop-dev-stripe-key-v2": "two"}


def test_scopes_comment_and_store_are_handed_on() -> None:
    settings = validated(part(scopes=["dex", "access"], comment="of the shop"), ["stripe-key"])
    fake: Any = SimpleNamespace(output=lambda path: "v")
    (secret,) = settings.arguments(fake)["secrets"].values()
    assert secret == {"value": "v", "version": 1.0, "scopes": ["access", "dex"], "comment": "of the shop"}
    assert settings.store_id == STORE_ID


def test_a_value_that_is_not_set_is_answered_with_the_command_that_sets_it() -> None:
    assert fault("secretsStore.secrets.stripe-key", part()) == (
        "has no value for version 1. "
        "Run: pulumi config set --secret --path 'edge-postgres:secrets.secretsStore.stripe-key'"
    )


def test_a_new_version_needs_a_value_of_its_own() -> None:
    complaint = fault("secretsStore.secrets.stripe-key", part(version=2), "stripe-key")
    assert complaint.endswith("'edge-postgres:secrets.secretsStore.stripe-key-v2'")


def test_a_previous_value_that_is_gone_is_a_fault_with_two_ways_out() -> None:
    complaint = fault("secretsStore.secrets.stripe-key", part(version=3), "stripe-key-v3")
    assert "has no value for version 2" in complaint
    assert "stripe-key-v2'\nOr state `keepPrevious: false`" in complaint


@pytest.mark.parametrize("store", [{}, {"storeId": STORE_ID, "storeName": "mine"}])
def test_one_store_is_stated(store: dict[str, str]) -> None:
    complaint = fault("secretsStore.storeId", {**store, "secrets": {}})
    assert complaint == "or `storeName` is needed, and one of them only. State the id of the account's store."


def test_what_is_no_store_id_is_a_fault() -> None:
    complaint = fault("secretsStore.storeId", {"storeId": "default_secrets_store", "secrets": {}})
    assert "must be 32 hexadecimal digits (0-9, a-f), got default_secrets_store" in complaint


def test_an_unknown_scope_is_a_fault() -> None:
    assert "has worker, which is no scope" in fault(
        "secretsStore.secrets.stripe-key.scopes", part(scopes=["worker"]), "stripe-key"
    )


def test_a_version_below_one_is_a_fault() -> None:
    assert fault("secretsStore.secrets.stripe-key.version", part(version=0), "stripe-key")


def test_a_secret_that_is_called_like_a_version_of_another_is_a_fault() -> None:
    secrets = {"key": {"version": 2, "keepPrevious": False}, "key-v2": {}}
    complaint = fault("secretsStore.secrets", {"storeId": STORE_ID, "secrets": secrets}, "key-v2")
    assert "two secrets that are called key-v2" in complaint


def test_a_value_in_the_place_of_its_settings_is_not_shown() -> None:
    complaint = fault("secretsStore.secrets.stripe-key", {"storeId": STORE_ID, "secrets": {"stripe-key": "sk_live_1"}})
    assert "sk_live_1" not in complaint


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
def test_a_worker_can_be_bound_to_the_secrets_that_are_for_workers(raw: Any, names: list[str]) -> None:
    assert list(bindable_in(raw)) == names
