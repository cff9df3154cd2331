"""An optional argument that is an Output of None acts like an omitted argument."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

import edge_postgres
from edge_postgres.core.inputs import apply_optional, or_default, reject_none, require_value
from edge_postgres.core.plain_values import accepts_outputs
from tests.harness import deploy_with_vendors, rejected
from tests.unit.sound import ACCOUNT, PASSWORD, changed, origin, vpc

ORIGIN = origin()
NETWORK = {"vpc_id": "vpc-0a", "subnet_ids": ["subnet-0a", "subnet-0b"]}
CACHING = {"caching": {"max_age": 60, "stale_while_revalidate": 15}}
EXISTING = {"host": "db.example.com", "database": "app", "user": "app", "password": PASSWORD}

ARGS: dict[str, dict[str, Any]] = {
    "AccessTunnelRoute": {"account_id": ACCOUNT, "zone_id": ACCOUNT, "hostname": "t.example.com", "origin": ORIGIN},
    "CloudSqlPostgres": {"region": "europe-west3", "tier": "db-custom-2-7680", "database": "app", "user": "worker"},
    "ConnectionBudget": {"max_connections": 100, "weights": {"api": 1}},
    "EcsConnector": {"origin": vpc(), "tunnel_token": "token", **NETWORK},
    "ExistingPostgres": EXISTING,
    "Hyperdrive": {"account_id": ACCOUNT, "origin": ORIGIN, "connection_limit": 10, **CACHING},
    "HyperdrivePair": {
        "account_id": ACCOUNT,
        "origin": ORIGIN,
        "connection_limit": 20,
        "fresh_share": 0.3,
        **CACHING,
    },
    "KvCache": {"account_id": ACCOUNT},
    "NeonPostgres": {"region": "aws-eu-central-1"},
    "PrismaPostgres": {"region": "eu-central-1", "plan": "starter"},
    "Queue": {"account_id": ACCOUNT},
    "RdsPostgres": {"engine_version": "17.6", "instance_class": "db.t4g.medium", "public": True, **NETWORK},
    "RdsProxy": {
        "database_security_group_id": "sg-0a",
        "instance_identifier": "main",
        "user": "app",
        "password": PASSWORD,
        **NETWORK,
    },
    "SupabasePostgres": {"project_ref": "a" * 20, "user": "app", "password": PASSWORD, "compute_size": "small"},
    "VpcServiceRoute": {"account_id": ACCOUNT, "origin": ORIGIN},
}
"""Arguments of the components, by name of the component."""

PRESENCE = {
    "CloudSqlPostgres": {"private_network", "password", "restore_source", "restore_time", "restore_backup_id"},
    "EcsConnector": {"database_security_group_id", "cluster_arn"},
    "ExistingPostgres": {"url", "service_id", "access_client_id", "access_client_secret", *EXISTING},
    "NeonPostgres": {"project_id", "region", "parent", "expires_after_seconds"},
    "PrismaPostgres": {"project_id", "source_backup_id"},
    "RdsPostgres": {
        "instance_class",
        "min_capacity",
        "max_capacity",
        "password",
        "ingress_prefix_list_id",
        "restore_snapshot",
        "restore_source",
        "restore_time",
    },
    "VpcServiceRoute": {"tunnel_id"},
}
"""Arguments whose presence decides which resources exist, or which other arguments are valid."""


def cases() -> Iterator[tuple[str, str]]:
    """The optional arguments that can be Outputs, by component."""
    for name, given in ARGS.items():
        shape = getattr(edge_postgres, f"{name}Args")
        for argument, annotation in shape.__annotations__.items():
            is_optional = argument in shape.__optional_keys__
            decides = argument in PRESENCE.get(name, set()) or argument in given
            if is_optional and accepts_outputs(annotation) and not decides:
                yield name, argument


def nothing() -> pulumi.Output[None]:
    """An Output of None. An Output can exist inside of a program only."""
    return pulumi.Output.from_input(None)


def registered(name: str, **changes: Any) -> list[tuple[str, str]]:
    """The inputs of all resources of a component by type, and its outputs. Functions in ``changes`` create Outputs."""

    def program() -> dict[str, Any]:
        given = {key: value() if callable(value) else value for key, value in changes.items()}
        component = getattr(edge_postgres, name)("main", changed(ARGS[name], given))
        return {"origin": getattr(component, "origin", {}), "limits": getattr(component, "limits", {})}

    run = deploy_with_vendors(program, project="edge-postgres")
    default = "edge-postgres-dev-main"
    entries = [(entry.type, present(entry.inputs)) for entry in run.registrations if entry.wire.custom]
    exports = [(key, present(export.value)) for key, export in run.exports.items()]
    found = [(type_, json.dumps(value, sort_keys=True).replace(default, "main")) for type_, value in entries + exports]
    return sorted(found)


def present(value: Any) -> Any:
    """The value without keys whose value is None, and without the code of a dynamic provider."""
    if isinstance(value, dict):
        return {key: present(item) for key, item in value.items() if item is not None and key != "__provider"}
    return [present(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("name", "argument"), list(cases()))
def test_an_output_of_none_acts_like_an_omitted_argument(name: str, argument: str) -> None:
    omitted = registered(name)
    assert registered(name, **{argument: nothing}) == omitted


@pytest.mark.parametrize(
    ("name", "argument", "changes"),
    [
        ("ExistingPostgres", "host", {}),
        ("ExistingPostgres", "user", {}),
        ("NeonPostgres", "region", {}),
        ("NeonPostgres", "project_id", {"region": ...}),
        ("PrismaPostgres", "project_id", {}),
        ("RdsPostgres", "instance_class", {}),
        ("RdsPostgres", "min_capacity", {"instance_class": ..., "max_capacity": 2}),
        ("RdsPostgres", "password", {}),
        ("RdsPostgres", "ingress_prefix_list_id", {}),
        ("RdsPostgres", "restore_snapshot", {}),
        ("RdsPostgres", "restore_source", {"restore_time": "latest"}),
        ("RdsPostgres", "restore_time", {"restore_source": "old"}),
        ("CloudSqlPostgres", "password", {}),
        ("CloudSqlPostgres", "restore_source", {"restore_backup_id": 7}),
        ("CloudSqlPostgres", "restore_time", {"restore_source": "old"}),
        ("CloudSqlPostgres", "restore_backup_id", {"restore_source": "old"}),
        ("EcsConnector", "cluster_arn", {}),
        ("EcsConnector", "database_security_group_id", {}),
        ("VpcServiceRoute", "tunnel_id", {}),
    ],
)
def test_an_argument_whose_presence_decides_needs_a_value(name: str, argument: str, changes: dict[str, Any]) -> None:
    with rejected(f"{name} `main`.{argument}: has no value. Set a value."):
        registered(name, **{**changes, argument: nothing})


def test_an_output_of_a_value_is_used() -> None:
    renamed = registered("Hyperdrive", config_name=lambda: pulumi.Output.from_input("renamed"))
    assert '"renamed"' in str(renamed)


def resolved(value: Any) -> Any:
    """The value of an Output in a deployment."""
    return deploy_with_vendors(lambda: {"value": value()}).exports["value"].value


@pytest.mark.parametrize(("given", "expected"), [(None, "default"), ("set", "set"), ("", "")])
def test_the_default_replaces_none_only(given: Any, expected: str) -> None:
    assert or_default(given, "default") == expected
    assert resolved(lambda: or_default(pulumi.Output.from_input(given), "default")) == expected


def test_the_default_can_be_an_output() -> None:
    later = lambda text: pulumi.Output.from_input(text)  # noqa: E731
    assert resolved(lambda: or_default(later(None), later("default"))) == "default"


def test_a_function_is_not_called_for_none() -> None:
    def fail(value: object) -> object:
        raise AssertionError(value)

    assert apply_optional(None, fail) is None
    assert resolved(lambda: [apply_optional(pulumi.Output.from_input(None), fail)]) == [None]


def test_a_required_value_is_not_none() -> None:
    assert require_value("set", subject="x") == "set"
    assert reject_none(None, subject="x") is None
    with rejected("x: has no value"):
        require_value(None, subject="x")


def test_a_path_is_a_string_in_nested_values_too(tmp_path: Path) -> None:
    bundle = tmp_path / "worker.js"
    bundle.write_text("export default {};\n")
    (tmp_path / "page.html").write_text("<p>")
    args: Any = {
        "account_id": ACCOUNT,
        "bundle": bundle,
        "compatibility_date": "2026-11-01",
        "files": {"a.html": tmp_path / "page.html", "b": {"path": tmp_path / "page.html", "kind": "text"}},
    }
    run = deploy_with_vendors(lambda: edge_postgres.WorkerRollout("api", args) and None)
    version = run.one("cloudflare:index/workerVersion:WorkerVersion").inputs
    page = str(tmp_path / "page.html")
    paths = {module["name"]: module["contentFile"] for module in version["modules"]}
    assert paths == {"a.html": page, "b": page, "worker.js": str(bundle)}
