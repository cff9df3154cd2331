"""Default names at the vendors have project, stack and component, and a renamed key with a fixed name keeps them."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Run, deploy
from tests.unit.samples import every_component, sample, schema
from tests.unit.sound import ACCOUNT, URL
from tests.unit.vendors import CALLS, OUTPUTS

PROGRAM = Path(__file__).resolve().parents[2] / "__main__.py"
DEFAULT, CUSTOM = "shop-prod-main", "custom-name"

# The arguments that set a name, and whose default has project, stack and component.
NAMED = [
    ("AccessTunnelRoute", "route_name"),
    ("CloudSqlPostgres", "instance_name"),
    ("DatabaseRoles", "ownership_mark"),
    ("EcsConnector", "connector_name"),
    ("Hyperdrive", "config_name"),
    ("HyperdrivePair", "config_name"),
    ("HyperdriveSlots", "config_name"),
    ("KvCache", "title"),
    ("NeonPostgres", "project_name"),
    ("OriginCertificates", "certificate_name"),
    ("PagesProject", "project_name"),
    ("PreviewDatabase", "ownership_mark"),
    ("PrismaPostgres", "database_name"),
    ("PrismaPostgres", "project_name"),
    ("Queue", "queue_name"),
    ("RdsPostgres", "identifier"),
    ("RdsProxy", "proxy_name"),
    ("SecretsStore", "name_prefix"),
    ("VpcServiceRoute", "route_name"),
    ("Worker", "script_name"),
    ("WorkerRollout", "script_name"),
]


def names_sent(component: str, bundle: str, **changes: Any) -> dict[tuple[str, str], str]:
    """The names that the resources of a component send to their vendors, by type of the resource and input."""
    run = deploy(
        lambda: sample(component, bundle, **changes) and None,
        outputs=OUTPUTS,
        calls=CALLS,
        project="shop",
        stack="prod",
    )
    return {
        (entry.type, key): value
        for entry in sorted(run.registrations, key=lambda each: each.name)
        for key, value in entry.inputs.items()
        if isinstance(value, str) and value.startswith((DEFAULT, CUSTOM)) and not value.endswith("-id")
    }


@every_component
def test_the_arguments_with_a_default_name_are_those_of_the_table(name: str) -> None:
    properties = schema()["resources"][f"edge-postgres:index:{name}"]["inputProperties"]
    documented = [
        re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key)
        for key, each in properties.items()
        if "`<project>-<stack>-<name>" in each["description"]
    ]
    assert sorted(documented) == [argument for component, argument in NAMED if component == name]


@pytest.mark.parametrize(("component", "argument"), NAMED)
def test_a_default_name_has_project_and_stack_and_the_argument_replaces_it(
    component: str, argument: str, bundle: str
) -> None:
    default = names_sent(component, bundle)
    custom = names_sent(component, bundle, **{argument: f"{CUSTOM}-" if argument == "name_prefix" else CUSTOM})
    assert [name for name in default.values() if not name.startswith(DEFAULT)] == []
    replaced = {where for where in default if custom[where] != default[where]}
    assert replaced
    assert [custom[where] for where in replaced] == [default[where].replace(DEFAULT, CUSTOM) for where in replaced]


# A renamed key of a stack file.


PROVIDER = {"hyperdrive": {"connectionLimit": 5, "caching": "none", "configName": "shop-db"}}
NETWORK = {"vpcId": "vpc-0a", "subnetIds": ["subnet-0a", "subnet-0b"]}
REGION = {"region": "eu-central-1"}
RDS = {"provider": "rds", "engineVersion": "17.6", "identifier": "shop-db", **REGION, **PROVIDER}
DATABASES: dict[str, dict[str, Any]] = {
    "existing": {"provider": "existing", "urlSecret": "databases.url", **PROVIDER},
    "a pair": {
        "provider": "existing",
        "urlSecret": "databases.url",
        "hyperdrive": {
            "connectionLimit": 10,
            "caching": {"maxAge": 60, "staleWhileRevalidate": 15},
            "fresh": {"share": 0.5},
            "configName": "shop-db",
        },
    },
    "an instance": {**RDS, "instanceClass": "db.t4g.medium", "network": {**NETWORK, "public": True}},
    "aurora": {**RDS, "capacity": {"min": 0.5, "max": 4}, "network": {**NETWORK, "public": True}},
    "a private instance with connectors": {
        **RDS,
        "instanceClass": "db.t4g.medium",
        "network": NETWORK,
        "route": {
            "kind": "vpc-service",
            "certificateVerification": "disabled",
            "name": "shop-db",
            "connector": {"name": "shop-db"},
        },
    },
    "a tunnel": {
        "provider": "existing",
        "urlSecret": "databases.url",
        "route": {
            "kind": "access-tunnel",
            "hostname": "tunnel.example.com",
            "zoneId": "023e105f4ecef8ad9ca31a8372d0c353",
            "name": "shop-db",
            "connector": "none",
        },
        **PROVIDER,
    },
    "neon with two roles": {
        "provider": "neon",
        "project": {"region": "aws-eu-central-1", "name": "shop-db"},
        "credentials": {"activeSlot": "a"},
        **PROVIDER,
    },
    "a branch at neon": {
        "provider": "neon",
        "project": {"existing": "quiet-term-12345678"},
        "branch": {"name": "dev"},
        **PROVIDER,
    },
    "prisma": {
        "provider": "prisma",
        "region": "eu-central-1",
        "plan": "starter",
        "project": {"name": "shop-db"},
        "databaseName": "shop-db",
        **PROVIDER,
    },
    "cloud sql": {
        "provider": "cloud-sql",
        "region": "europe-west3",
        "tier": "db-custom-2-7680",
        "database": "app",
        "user": "worker",
        "instanceName": "shop-db",
        **PROVIDER,
    },
}


KEPT = [
    kind
    for kind, file in DATABASES.items()
    if file["provider"] in ("existing", "supabase", "cloud-sql") and "route" not in file
]
"""Databases of which Pulumi knows each resource by its name at the vendor."""


def deploy_file(file: dict[str, Any]) -> Run:
    """A deployment of a stack file with one connection string among its secrets."""
    return deploy(
        lambda: runpy.run_path(str(PROGRAM)) and None,
        config={"accountId": ACCOUNT, "secrets": {"databases": {"url": URL}}, **file},
        secret_keys=["secrets"],
        outputs=OUTPUTS,
        calls=CALLS,
    )


def resources_of(file: dict[str, Any]) -> set[str]:
    """The URNs of the resources at the vendors. A component is no such resource."""
    return {entry.urn for entry in deploy_file(file).registrations if entry.wire.custom}


def worker_file(key: str, bundle: str, **settings: Any) -> dict[str, Any]:
    worker = {"bundle": bundle, "compatibilityDate": "2026-11-01", **settings}
    return {"databases": {}, "workers": {key: worker}}


@pytest.mark.parametrize("kind", KEPT)
def test_a_renamed_database_with_fixed_names_keeps_its_resources(kind: str) -> None:
    before, after = (resources_of({"databases": {key: DATABASES[kind]}}) for key in ("main", "orders"))
    assert before == after != set()


@pytest.mark.parametrize(
    "kind", [kind for kind, file in DATABASES.items() if file["provider"] in ("rds", "neon", "prisma")]
)
def test_another_name_of_a_database_at_its_vendor_is_a_change_of_the_same_resource(kind: str) -> None:
    text = json.dumps({"databases": {"main": DATABASES[kind]}})
    before, after = (resources_of(json.loads(text.replace("shop-db", name))) for name in ("shop-db", "other-db"))
    databases = [
        urn
        for urn in before
        if re.search(r"(Project|Branch|Database|rds/instance:Instance|rds/cluster:Cluster)::", urn)
    ]
    assert databases
    assert set(databases) <= after


@pytest.mark.parametrize("rollout", [{}, {"rollout": {"percentage": 100}}], ids=["worker", "rollout"])
def test_a_renamed_worker_with_a_script_name_keeps_its_resources(rollout: dict[str, Any], bundle: str) -> None:
    settings = {
        "scriptName": "shop-api",
        "routes": {"example.com/*": "023e105f4ecef8ad9ca31a8372d0c353"},
        "domains": ["api.example.com"],
        "crons": ["0 3 * * *"],
        **rollout,
    }
    before, after = (resources_of(worker_file(key, bundle, **settings)) for key in ("api", "backend"))
    assert before == after != set()


def test_a_renamed_pages_project_with_a_project_name_keeps_its_resources() -> None:
    zone = {"www.example.com": "023e105f4ecef8ad9ca31a8372d0c353"}
    site = {
        "projectName": "shop",
        "productionBranch": "main",
        "compatibilityDate": "2026-11-01",
        "production": {},
        "preview": {},
        "domains": ["www.example.com"],
        "zones": zone,
    }
    before, after = (resources_of({"databases": {}, "pages": {key: site}}) for key in ("site", "shop"))
    assert before == after != set()


def test_a_renamed_key_without_a_fixed_name_is_another_resource(bundle: str) -> None:
    before, after = (resources_of(worker_file(key, bundle)) for key in ("api", "backend"))
    assert before & after == set()
