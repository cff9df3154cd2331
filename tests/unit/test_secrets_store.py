"""`SecretsStore`: its resource inputs, versions of a secret, and validation errors."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest
from pulumi import ResourceOptions

from edge_postgres.workers.limits import SECRETS_STORE_VALUE_BYTES
from edge_postgres.workers.secrets_store import SecretsStore
from tests.harness import Run, deploy, rejected
from tests.unit.sound import ACCOUNT, changed, unknown

PREFIX = "edge-postgres-dev-secrets-"
STORE = "cloudflare:index/secretsStore:SecretsStore"
SECRET = "cloudflare:index/secretsStoreSecret:SecretsStoreSecret"
STORE_ID = "3f2d0c8b9a7e4f6d8c1b2a3f4e5d6c7b"
VALUE = "sk_live_correct_horse"


def store(opts: ResourceOptions | None = None, **changes: Any) -> SecretsStore:
    args = {"account_id": ACCOUNT, "store_id": STORE_ID, "secrets": {"stripe-key": {"value": VALUE}}}
    return SecretsStore("secrets", changed(args, changes), opts)  # type: ignore[arg-type]


def deployed(*, preview: bool = False, **changes: Any) -> Run:
    return deploy(lambda: store(**changes) and None, preview=preview)


def stored(**secret: Any) -> dict[str, str]:
    """The values of one secret in the store, by their names."""
    run = deployed(secrets={"stripe-key": {"value": VALUE, **secret}})
    return {entry.inputs["name"]: entry.inputs["value"] for entry in run.all(SECRET)}


# Resource inputs.


def test_exactly_this_is_sent(preview: bool) -> None:
    secret = deployed(preview=preview).one(SECRET)
    assert secret.inputs == {
        "accountId": ACCOUNT,
        "storeId": STORE_ID,
        "name": f"{PREFIX}stripe-key",
        "value": VALUE,
        "scopes": ["workers"],
    }
    assert secret.secrets == {"value"}


def test_no_store_is_created_for_a_given_id() -> None:
    assert deployed().all(STORE) == []


def test_a_store_is_created_for_a_given_name() -> None:
    run = deployed(store_id=..., store_name="default_secrets_store")
    assert run.one(STORE).inputs == {"accountId": ACCOUNT, "name": "default_secrets_store"}
    assert run.one(SECRET).inputs["storeId"] == "secrets-store-id"


def test_the_names_have_the_given_prefix() -> None:
    assert deployed(name_prefix="shop-prod-").one(SECRET).inputs["name"] == "shop-prod-stripe-key"
    assert deployed(name_prefix="").one(SECRET).inputs["name"] == "stripe-key"


def test_scopes_are_sent_in_alphabetical_order() -> None:
    run = deployed(secrets={"key": {"value": VALUE, "scopes": ["workers", "access", "ai_gateway", "access"]}})
    assert run.one(SECRET).inputs["scopes"] == ["access", "ai_gateway", "workers"]


def test_a_comment_is_sent() -> None:
    run = deployed(secrets={"key": {"value": VALUE, "comment": "of the shop's account"}})
    assert run.one(SECRET).inputs["comment"] == "of the shop's account"


def test_an_unknown_value_is_accepted_in_a_preview() -> None:
    deploy(lambda: store(secrets={"key": {"value": unknown()}}) and None, preview=True)


def test_the_secrets_depend_on_the_resources_of_depends_on() -> None:
    def program() -> None:
        first = random.RandomPet("first")
        store(ResourceOptions(depends_on=[first]))

    assert [urn.split("::")[-1] for urn in deploy(program).one(SECRET).wire.dependencies] == ["first"]


# Bindings of Workers.


def test_a_secret_is_bound_by_its_store_and_its_name_in_the_store() -> None:
    run = deploy(lambda: {"bindings": store().bindings()})
    assert run.exports["bindings"].value == {"stripe-key": {"store_id": STORE_ID, "secret_name": f"{PREFIX}stripe-key"}}
    assert not run.exports["bindings"].secret


def test_a_binding_depends_only_on_its_secret() -> None:
    def program() -> None:
        secrets = {"one": {"value": "1"}, "two": {"value": "2"}}
        random.RandomPet("bound", prefix=store(secrets=secrets).bindings()["two"]["secret_name"])

    (bound,) = deploy(program).all("random:index/randomPet:RandomPet")
    assert [urn.split("::")[-1] for urn in bound.wire.propertyDependencies["prefix"].urns] == [f"{PREFIX}two"]


def test_a_secret_that_is_not_for_workers_cannot_be_bound() -> None:
    assert (
        deploy(lambda: {"b": store(secrets={"k": {"value": "v", "scopes": ["dex"]}}).bindings()}).exports["b"].value
        == {}
    )


def test_the_names_of_the_secrets_are_an_output() -> None:
    secrets = {"one": {"value": "1"}, "two": {"value": "2", "version": 2}}
    run = deploy(lambda: {"names": store(secrets=secrets).secret_names})
    assert run.exports["names"].value == {"one": f"{PREFIX}one", "two": f"{PREFIX}two-v2"}


# Versions.


def test_the_name_of_the_first_version_has_no_suffix() -> None:
    assert stored(version=1) == {f"{PREFIX}stripe-key": VALUE}


def test_a_new_version_is_created_and_the_previous_one_is_kept() -> None:
    assert stored(version=2, previous_value="old") == {f"{PREFIX}stripe-key": "old", f"{PREFIX}stripe-key-v2": VALUE}


def test_the_version_before_the_previous_one_is_deleted() -> None:
    assert stored(version=3, previous_value="old") == {f"{PREFIX}stripe-key-v2": "old", f"{PREFIX}stripe-key-v3": VALUE}


def test_without_a_previous_value_only_the_new_version_exists() -> None:
    assert stored(version=3) == {f"{PREFIX}stripe-key-v3": VALUE}


def test_the_previous_version_keeps_its_resource() -> None:
    def urns(**secret: Any) -> dict[str, str]:
        run = deployed(secrets={"key": secret})
        return {entry.inputs["name"]: entry.urn for entry in run.all(SECRET)}

    before, after = urns(value="a"), urns(value="b", version=2, previous_value="a")
    assert after[f"{PREFIX}key"] == before[f"{PREFIX}key"]


def test_the_version_in_use_is_bound() -> None:
    secret = {"value": VALUE, "version": 2, "previous_value": "old"}
    run = deploy(lambda: {"bound": store(secrets={"key": secret}).bindings()["key"]["secret_name"]})
    assert run.exports["bound"].value == f"{PREFIX}key-v2"


def test_a_previous_value_is_a_secret_too() -> None:
    run = deployed(secrets={"key": {"value": VALUE, "version": 2, "previous_value": "old"}})
    assert [entry.secrets for entry in run.all(SECRET)] == [{"value"}, {"value"}]


@pytest.mark.parametrize("version", [0, 1.5, -1, float("inf")])
def test_a_version_that_is_not_a_positive_integer_is_rejected(version: Any) -> None:
    with rejected(
        f"SecretsStore `secrets`.secrets.stripe-key.version: must be an integer of at least 1, got {version}."
    ):
        stored(version=version)


def test_a_value_before_the_first_version_is_rejected() -> None:
    with rejected(
        "SecretsStore `secrets`.secrets.stripe-key.previous_value: cannot be combined with version 1",
        "Set `version` to 2 or more, or omit `previous_value`.",
    ):
        stored(previous_value="old")


# Validation errors.


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"store_id": ...}, "is required"), ({"store_name": "mine"}, "cannot be combined with `store_name`")],
)
def test_exactly_one_of_store_id_and_store_name_is_required(changes: dict[str, Any], problem: str) -> None:
    with rejected(f"SecretsStore `secrets`.store_id: {problem}"):
        deployed(**changes)


def test_an_invalid_store_id_is_rejected(given: Callable[[Any], Any]) -> None:
    with rejected(
        "SecretsStore `secrets`.store_id: must be 32 hexadecimal digits", "got default_secrets_store", "store list"
    ):
        deploy(lambda: store(store_id=given("default_secrets_store")) and None)


@pytest.mark.parametrize("name", ["stripe key", "", "a.b", "schlüssel"])
def test_a_name_with_other_characters_is_rejected(name: str) -> None:
    with rejected(f"SecretsStore `secrets`.secrets: must have names of letters, digits, `_` and `-`, got {name}."):
        deployed(secrets={name: {"value": VALUE}})


def test_two_secrets_with_the_same_name_are_rejected() -> None:
    with rejected("SecretsStore `secrets`.secrets: must have unique names in the store, got key-v2 twice"):
        deployed(secrets={"key": {"value": "a", "version": 2}, "key-v2": {"value": "b"}})


def test_an_unknown_scope_is_rejected() -> None:
    with rejected("SecretsStore `secrets`.secrets.stripe-key.scopes: must be one of ", "`workers`, got worker"):
        stored(scopes=["worker"])


def test_a_secret_without_a_scope_is_rejected() -> None:
    with rejected("SecretsStore `secrets`.secrets.stripe-key.scopes: must not be empty"):
        stored(scopes=[])


@pytest.mark.parametrize("field", ["value", "previous_value"])
def test_an_empty_value_is_rejected(field: str, given: Callable[[Any], Any]) -> None:
    secret = {"value": VALUE, "previous_value": VALUE, "version": 2}
    with rejected(f"SecretsStore `secrets`.secrets.key.{field}: must not be empty"):
        deploy(lambda: store(secrets={"key": {**secret, field: given("")}}) and None)


def test_the_largest_value_is_allowed_and_a_larger_one_is_rejected_and_not_shown() -> None:
    stored(value="x" * SECRETS_STORE_VALUE_BYTES)
    with pytest.raises(pulumi.RunError) as error:
        stored(value=VALUE + "x" * SECRETS_STORE_VALUE_BYTES)
    assert "must have at most 65536 bytes, got 65557" in str(error.value)
    assert VALUE not in str(error.value)


def test_a_value_that_is_not_a_string_is_rejected_and_not_shown() -> None:
    with pytest.raises(pulumi.RunError) as error:
        stored(value=4711)
    assert "SecretsStore `secrets`.secrets.stripe-key.value: must be a string" in str(error.value)
    assert "4711" not in str(error.value)


def test_more_secrets_than_the_maximum_of_an_account_are_rejected() -> None:
    many = {f"key-{number}": {"value": "a", "version": 2, "previous_value": "b"} for number in range(51)}
    with rejected("SecretsStore `secrets`.secrets: must be at most 100 in an account, got 102", "`secrets_ceiling`"):
        deployed(secrets=many)


def test_a_custom_ceiling_replaces_the_maximum() -> None:
    with rejected("must be at most 0 in an account, got 1 "):
        deployed(secrets_ceiling=0)


def test_an_unknown_key_of_a_secret_is_rejected() -> None:
    with rejected("SecretsStore `secrets`.secrets.stripe-key.text: unknown argument"):
        stored(text=VALUE)


def test_a_secret_without_a_value_is_rejected() -> None:
    with rejected("SecretsStore `secrets`.secrets.key.value: is required"):
        deployed(secrets={"key": {}})
