"""Changes of a stack file that would delete something live are rejected with a procedure."""

import contextlib

import pulumi
import pytest

from edge_postgres import stack as settings
from edge_postgres.core.recording import READ_STACK_OUTPUTS
from edge_postgres.stack.moves import find_dangerous_moves, find_empty_databases, find_taken_over
from edge_postgres.stack.raised_budgets import warn_of_raised_budgets
from edge_postgres.stack.vendor_names import Sections, VendorNames
from tests.harness import deploy


def worker(kind: str, key: str = "api", *, is_retained: bool = False) -> Sections:
    return {"workers": {key: VendorNames({"scriptName": "shop"}, kind=kind, is_retained=is_retained)}}


def messages(previous: Sections, current: Sections) -> list[str]:
    return [f"{error.path} {error.message}" for error in find_dangerous_moves(previous, current)]


@pytest.mark.parametrize("key", ["api", "web"])
def test_another_kind_of_a_workers_resources_is_rejected(key: str) -> None:
    (message,) = messages(worker("script"), worker("versions", key))
    assert message.startswith(f"workers.{key} cannot change from `script` to `versions` in one update")
    assert "set `retainOnDelete: true`" in message


def test_a_retained_worker_gets_another_kind_and_is_taken_over() -> None:
    previous, current = worker("script", is_retained=True), worker("versions", "web")
    assert messages(previous, current) == []
    assert find_taken_over(previous, current) == {"web"}


@pytest.mark.parametrize("previous", [{}, worker("script")])
def test_a_new_worker_and_an_unchanged_one_are_accepted(previous: Sections) -> None:
    assert (messages(previous, worker("script")), find_taken_over(previous, worker("script"))) == ([], frozenset())


@pytest.mark.parametrize(("old", "new"), [("workers", "pages"), ("pages", "workers")])
def test_a_domain_that_moves_between_a_worker_and_a_pages_project_is_rejected(old: str, new: str) -> None:
    owner = {"one": VendorNames(domains=["shop.example.com"])}
    (message,) = messages({old: owner}, {new: owner})
    assert message.startswith(f"{new}.one.domains shop.example.com cannot move from `{old}.one` in one update")


def database(key: str = "main", **fixed: str) -> Sections:
    return {"databases": {key: VendorNames({"identifier": "shop"}, fixed=fixed)}}


@pytest.mark.parametrize("key", ["main", "orders"])
def test_a_setting_that_would_replace_a_server_by_an_empty_one_is_rejected(key: str) -> None:
    (message,) = messages(database(region="eu-central-1", user="app"), database(key, region="", user="app"))
    assert message.startswith(f"databases.{key}.region cannot change from `eu-central-1` to the default")
    assert "add a second database with `restore`" in message


def test_a_setting_that_the_previous_update_did_not_export_is_accepted() -> None:
    assert messages({"databases": {"main": VendorNames()}}, database(region="eu-central-1")) == []


def test_a_private_network_that_google_cannot_remove_is_missed() -> None:
    former, without = {"provider": "cloud-sql", "privateNetwork": "a private network"}, {"provider": "cloud-sql"}
    (message,) = messages(database(**former), database(**without))
    assert message.startswith("databases.main.privateNetwork cannot change from `a private network` to the default")
    assert messages(database(**without), database(**former)) == []


def with_version(version: str, *, allows_upgrade: bool = False) -> Sections:
    return {"databases": {"main": VendorNames(major_version=version, allows_upgrade=allows_upgrade)}}


def test_a_major_version_that_google_would_install_at_once_is_rejected() -> None:
    (message,) = messages(with_version("16"), with_version("17"))
    assert message.startswith("databases.main.postgresVersion cannot change from 16 to 17")
    assert "set `allowMajorVersionUpgrade: true`" in message


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (with_version("16"), with_version("17", allows_upgrade=True)),
        (with_version("17", allows_upgrade=True), with_version("17")),
        (with_version(""), with_version("17")),
    ],
)
def test_an_allowed_upgrade_and_an_unchanged_version_are_accepted(former: Sections, now: Sections) -> None:
    assert messages(former, now) == []


def sized(connections: int) -> Sections:
    return {"databases": {"main": VendorNames(auto_connections=connections)}}


@pytest.mark.parametrize(("former", "now", "is_warned"), [(189, 1669, True), (1669, 189, False), (0, 189, False)])
def test_a_limit_that_rises_before_the_database_accepts_more_causes_a_warning(
    former: int, now: int, is_warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    deploy(lambda: warn_of_raised_budgets(sized(former), sized(now)))
    assert ("Set `maxConnections: 189` for now" in caplog.text) is is_warned


def of_provider(provider: str) -> Sections:
    return {"databases": {"main": VendorNames(kind=provider)}}


@pytest.mark.parametrize(("old", "new"), [("existing", "neon"), ("neon", "rds"), ("supabase", "cloud-sql")])
def test_a_key_whose_database_would_be_a_new_and_empty_one_is_rejected(old: str, new: str) -> None:
    (error,) = find_empty_databases(of_provider(old), of_provider(new))
    assert error.path == "databases.main.provider"
    assert error.message.startswith(f"cannot change from `{old}` to `{new}`")
    assert "Add the new database with another key" in error.message


@pytest.mark.parametrize(("old", "new"), [("neon", "neon"), ("neon", "existing"), ("", "neon")])
def test_a_database_that_stays_or_that_exists_already_is_accepted(old: str, new: str) -> None:
    assert list(find_empty_databases(of_provider(old), of_provider(new))) == []


def test_a_new_database_is_accepted() -> None:
    assert list(find_empty_databases({}, of_provider("neon"))) == []


@pytest.mark.parametrize(("stack", "is_rejected"), [("production", True), ("local", False)])
def test_a_stack_file_that_moves_its_workers_to_an_empty_database_is_rejected_outside_local_stacks(
    stack: str, is_rejected: bool
) -> None:
    file = {
        "accountId": "0123456789abcdef0123456789abcdef",
        "databases": {"main": {"provider": "neon", "project": {"region": "aws-eu-central-1", "postgresVersion": 17}}},
    }
    previous = {"outputs": {"names": {"databases": {"main": {"kind": "existing"}}}}}
    error = pytest.raises(pulumi.RunError, match="cannot change from `existing` to `neon`")
    with error if is_rejected else contextlib.nullcontext():
        deploy(settings.load, config=file, stack=stack, calls={READ_STACK_OUTPUTS: previous})


def namespace(key: str = "cache", *, title: str = "shop-cache", jurisdiction: str = "") -> Sections:
    return {"kv": {key: VendorNames({"title": title}, fixed={"jurisdiction": jurisdiction})}}


EXISTING: Sections = {"kv": {"cache": VendorNames()}}


@pytest.mark.parametrize("key", ["cache", "sessions"])
def test_another_jurisdiction_would_delete_a_namespace_and_is_rejected(key: str) -> None:
    (message,) = messages(namespace(), namespace(key, jurisdiction="eu"))
    assert message.startswith(f"kv.{key}.jurisdiction cannot change from the default to `eu`")
    assert "Add the new namespace with another key" in message


def test_the_id_of_another_namespace_would_delete_a_namespace_and_is_rejected() -> None:
    (message,) = messages(namespace(), EXISTING)
    assert message.startswith("kv.cache.id cannot be added, because Pulumi would delete the namespace with its values")


@pytest.mark.parametrize(("old", "new"), [(EXISTING, EXISTING), (EXISTING, namespace()), (namespace(), {"kv": {}})])
def test_a_namespace_that_the_stack_does_not_lose_is_accepted(old: Sections, new: Sections) -> None:
    assert messages(old, new) == []


def of_stack(**fixed: str) -> Sections:
    return {"stack": {"settings": VendorNames(fixed=fixed)}}


def test_another_account_is_rejected() -> None:
    (message,) = messages(of_stack(accountId="a" * 32), of_stack(accountId="b" * 32))
    assert message.startswith(f"accountId cannot change from `{'a' * 32}` to `{'b' * 32}`")
    assert "create a new stack" in message


def test_another_name_of_the_secrets_store_is_rejected() -> None:
    (message,) = messages(
        of_stack(**{"secretsStore.storeName": "shop"}), of_stack(**{"secretsStore.storeName": "renamed"})
    )
    assert message.startswith("secretsStore.storeName cannot change from `shop` to `renamed`")


def test_a_secrets_store_that_the_stack_does_not_create_is_accepted() -> None:
    assert messages(of_stack(**{"secretsStore.storeName": "shop"}), of_stack(accountId="a" * 32)) == []
