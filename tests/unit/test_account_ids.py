"""Every component that takes an account ID validates the ID: 32 hexadecimal digits, or `local` in the local cloud."""

from typing import Any

import pulumi
import pytest

import edge_postgres
from tests.harness import deploy_with_vendors, rejected
from tests.unit.authorities import certificate
from tests.unit.sound import ACCOUNT, origin

CACHING = {"caching": {"max_age": 60, "stale_while_revalidate": 15}}
SLOTS = {"a": origin(), "b": origin()}
PAGES = {"production_branch": "main", "compatibility_date": "2026-11-01", "production": {}, "preview": {}}
ARGS: dict[str, dict[str, Any]] = {
    "AccessTunnelRoute": {"zone_id": ACCOUNT, "hostname": "tunnel.example.com", "origin": origin()},
    "Hyperdrive": {"origin": origin(), "connection_limit": 10, **CACHING},
    "HyperdrivePair": {"origin": origin(), "connection_limit": 20, "fresh_share": 0.3, **CACHING},
    "HyperdriveSlots": {"slots": SLOTS, "active_slot": "a", "connection_limit": 20, **CACHING},
    "KvCache": {},
    "Queue": {},
    "OriginCertificates": {"ca_pem": certificate("ca").pem},
    "PagesProject": PAGES,
    "SecretsStore": {"store_name": "store", "secrets": {"key": {"value": "secret"}}},
    "VpcServiceRoute": {"origin": origin()},
    "Worker": {"compatibility_date": "2026-11-01"},
    "WorkerRollout": {"compatibility_date": "2026-11-01"},
}


def create(name: str, account_id: Any, bundle: str) -> None:
    """Creates a component with an account ID. A function as the account ID creates an Output."""
    args = {**ARGS[name], **({"bundle": bundle} if name.startswith("Worker") else {})}
    given = account_id() if callable(account_id) else account_id
    getattr(edge_postgres, name)("main", {"account_id": given, **args})


def test_the_table_has_every_component_with_an_account_id() -> None:
    found = {name.removesuffix("Args") for name in edge_postgres.__all__ if name.endswith("Args")}
    with_account = {name for name in found if "account_id" in getattr(edge_postgres, f"{name}Args").__annotations__}
    assert with_account == set(ARGS)


@pytest.mark.parametrize("name", sorted(ARGS))
def test_another_form_is_rejected_at_once(name: str, bundle: str, preview: bool) -> None:
    with rejected(
        f"{name} `main`.account_id: must be 32 hexadecimal digits (0-9, a-f), got my-account.", "wrangler whoami"
    ):
        deploy_with_vendors(lambda: create(name, "my-account", bundle), preview=preview)


@pytest.mark.parametrize("name", sorted(ARGS))
def test_an_output_of_another_form_ends_the_deployment(name: str, bundle: str) -> None:
    with rejected(f"{name} `main`.account_id: must be 32 hexadecimal digits (0-9, a-f), got my-account."):
        deploy_with_vendors(lambda: create(name, lambda: pulumi.Output.from_input("my-account"), bundle))


@pytest.mark.parametrize("name", sorted(ARGS))
@pytest.mark.parametrize("account_id", [ACCOUNT, "local"])
def test_an_id_and_the_account_of_the_local_cloud_are_accepted(name: str, account_id: str, bundle: str) -> None:
    run = deploy_with_vendors(lambda: create(name, account_id, bundle))
    sent = {entry.inputs["accountId"] for entry in run.registrations if "accountId" in entry.inputs}
    assert sent == {account_id}
