"""A sample of every component, with the arguments that create all the children that it can have."""

import inspect
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pulumi
import pytest

import edge_postgres
from edge_postgres._plugin.served import Components
from tests.harness import Registration, Run, deploy
from tests.unit.authorities import certificate
from tests.unit.sound import ACCOUNT, PASSWORD, URL, origin, vpc
from tests.unit.vendors import CALLS, OUTPUTS

EXPORTED = {name: getattr(edge_postgres, name) for name in edge_postgres.__all__}
COMPONENTS: dict[str, type[pulumi.ComponentResource]] = {
    name: found
    for name, found in EXPORTED.items()
    if inspect.isclass(found) and issubclass(found, pulumi.ComponentResource)
}

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
CA = certificate("Amazon RDS eu-central-1 Root CA RSA2048 G1")

# The arguments of each component, with which it creates all the children that it can have.
ARGUMENTS: dict[str, Callable[[str], Any]] = {
    "AccessTunnelRoute": lambda bundle: {
        "account_id": ACCOUNT,
        "zone_id": ZONE,
        "hostname": "tunnel.example.com",
        "origin": origin(),
    },
    "CloudSqlPostgres": lambda bundle: {
        "region": "europe-west3",
        "tier": "db-custom-2-7680",
        "database": "app",
        "user": "worker",
    },
    "ConnectionBudget": lambda bundle: {"max_connections": 100, "weights": {"api": 1}},
    "DatabaseRoles": lambda bundle: {
        "origin": origin(),
        "active_slot": "a",
        "admin_user": "admin",
        "admin_password": PASSWORD,
    },
    "EcsConnector": lambda bundle: {
        "origin": vpc(),
        "tunnel_token": PASSWORD,
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "database_security_group_id": "sg-0a",
    },
    "ExistingPostgres": lambda bundle: {"url": URL},
    "Hyperdrive": lambda bundle: {
        "account_id": ACCOUNT,
        "origin": origin(),
        "connection_limit": 10,
        "caching": {"disabled": True},
    },
    "HyperdrivePair": lambda bundle: {
        "account_id": ACCOUNT,
        "origin": origin(),
        "connection_limit": 20,
        "fresh_share": 0.3,
        "caching": {"max_age": 60, "stale_while_revalidate": 15},
    },
    "HyperdriveSlots": lambda bundle: {
        "account_id": ACCOUNT,
        "slots": {"a": origin(), "b": origin(user="other")},
        "active_slot": "a",
        "connection_limit": 10,
        "caching": {"disabled": True},
    },
    "KvCache": lambda bundle: {"account_id": ACCOUNT},
    "NeonPostgres": lambda bundle: {"region": "aws-eu-central-1"},
    "OriginCertificates": lambda bundle: {
        "account_id": ACCOUNT,
        "ca_pem": CA.pem,
        "client_certificate_pem": CA.pem,
        "client_key_pem": CA.key,
    },
    "PagesProject": lambda bundle: {
        "account_id": ACCOUNT,
        "production_branch": "main",
        "compatibility_date": "2026-11-01",
        "production": {"hyperdrive": {"HYPERDRIVE": "id"}, "secrets": {"KEY": PASSWORD}},
        "preview": {},
        "domains": ["example.com"],
        "zones": {"example.com": ZONE},
    },
    "PreviewDatabase": lambda bundle: {"origin": origin(), "database_name": "pr-123"},
    "PrismaPostgres": lambda bundle: {"region": "eu-central-1", "plan": edge_postgres.PrismaPlan.FREE},
    "Queue": lambda bundle: {"account_id": ACCOUNT},
    "RdsPostgres": lambda bundle: {
        "engine_version": "17.6",
        "instance_class": "db.t4g.medium",
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "public": True,
    },
    "RdsProxy": lambda bundle: {
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "database_security_group_id": "sg-0a",
        "instance_identifier": "main",
        "user": "app",
        "password": PASSWORD,
    },
    "SecretsStore": lambda bundle: {
        "account_id": ACCOUNT,
        "store_name": "store",
        "secrets": {"key": {"value": PASSWORD, "version": 2, "previous_value": "before"}},
    },
    "SupabasePostgres": lambda bundle: {
        "project_ref": "abcdefghijklmnopqrst",
        "user": "worker",
        "password": PASSWORD,
    },
    "VpcServiceRoute": lambda bundle: {"account_id": ACCOUNT, "origin": origin()},
    "Worker": lambda bundle: {
        "account_id": ACCOUNT,
        "bundle": bundle,
        "driver": "pg",
        "compatibility_date": "2026-11-01",
        "routes": {"example.com/*": "zone"},
        "domains": ["api.example.com"],
        "crons": ["0 3 * * *"],
    },
    "WorkerRollout": lambda bundle: {
        "account_id": ACCOUNT,
        "bundle": bundle,
        "compatibility_date": "2026-11-01",
        "routes": {"example.com/*": "zone"},
        "domains": ["api.example.com"],
    },
}


def sample(name: str, bundle: str, opts: pulumi.ResourceOptions | None = None, **changes: Any) -> Any:
    """Creates a component with all its children; ``changes`` replace its arguments."""
    return COMPONENTS[name]("main", {**ARGUMENTS[name](bundle), **changes}, opts)  # type: ignore[arg-type]


def deployed(name: str, bundle: str) -> tuple[Run, Registration, list[Registration]]:
    """Deploys a sample. Returns the run, the component, and its children."""
    run = deploy(lambda: sample(name, bundle) and None, outputs=OUTPUTS, calls=CALLS)
    (component,) = (entry for entry in run.registrations if entry.type == f"edge-postgres:index:{name}")
    return run, component, [entry for entry in run.registrations if entry is not component]


every_component = pytest.mark.parametrize("name", sorted(COMPONENTS))


@cache
def schema() -> Any:
    """Returns the schema for other languages."""
    return json.loads(Components(list(COMPONENTS.values()), "edge-postgres", version="0.1.0").schema or "")
