"""The setting `transform`: the arguments that reach the child resources, and the errors of a stack file."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from edge_postgres import ExistingPostgres
from edge_postgres.stack import children
from edge_postgres.testing import Registration
from tests.console import blocks
from tests.harness import deploy
from tests.unit.authorities import certificate
from tests.unit.database_entries import CLOUD_SQL, RDS
from tests.unit.test_children import COMPONENTS, WITHOUT_CHILDREN
from tests.unit.test_lazy_sdk import printed
from tests.unit.test_settings import SENTINEL, faults, parts, root, stack_file
from tests.unit.vendors import CALLS, OUTPUTS

__all__ = ["root"]

PAGE = Path(__file__).parents[2] / "docs" / "stack-file.md"
MAIN = str(Path(__file__).parents[2] / "__main__.py")
HYPERDRIVE = "databases.main.hyperdrive"
LIMIT = {"connectionLimit": 20, "caching": "none"}
PAIR = {"connectionLimit": 20, "caching": {"maxAge": 60, "staleWhileRevalidate": 15}, "fresh": {"share": 0.5}}
ROLE = {"user": "one", "passwordSecret": "databases.main.url"}
SLOTS = {"activeSlot": "a", "a": ROLE, "b": {**ROLE, "user": "two"}}
ADMIN = {"activeSlot": "a", "adminUser": "postgres", "adminPasswordSecret": "databases.main.url"}
TLS = {"mode": "verify-full", "caFile": "ca.pem"}
ECS = {"vpcId": "vpc-0a", "subnetIds": ["subnet-0a", "subnet-0b"]}
VPC = {"kind": "vpc-service", "connector": "none", "certificateVerification": "disabled"}
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
TUNNEL = {"kind": "access-tunnel", "connector": "none", "hostname": "tunnel.example.com", "zoneId": ZONE}
NEON = {"provider": "neon", "project": {"region": "aws-eu-central-1"}, "hyperdrive": LIMIT}
NEON_BRANCH = {**NEON, "project": {"existing": "quiet-term-12345678"}, "branch": {"name": "dev"}}
PRISMA = {"provider": "prisma", "region": "eu-central-1", "plan": "pro", "hyperdrive": LIMIT}
STORE = {"storeId": "3f2d0c8b9a7e4f6d8c1b2a3f4e5d6c7b", "secrets": {"stripe-key": {}}}
SITE = {"productionBranch": "main", "compatibilityDate": "2026-11-01", "production": {}, "preview": {}}
ROLLOUT = {"bundle": "worker.js", "compatibilityDate": "2026-11-01", "rollout": {"percentage": 100}}


def database(entry: dict[str, Any]) -> dict[str, Any]:
    return stack_file(databases__main=entry)


def with_transforms(file: dict[str, Any], **transforms: Any) -> dict[str, Any]:
    """Returns the stack file with a transform in each section, ``databases__main__hyperdrive={…}``."""
    file = json.loads(json.dumps(file))
    for path, transform in transforms.items():
        section = file
        for part in path.split("__"):
            section = section[part]
        section["transform"] = transform
    return file


def pair(**changes: Any) -> dict[str, Any]:
    return database(parts(hyperdrive=PAIR, **changes))


def store() -> dict[str, Any]:
    file = stack_file(secretsStore=STORE)
    file["secrets"]["secretsStore"] = {"stripe-key": SENTINEL}
    return file


def deployed(root: Path, file: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[Registration]:
    """The resources that the stack program registers."""
    (root / "ca.pem").write_text(certificate("Example CA").pem)
    monkeypatch.chdir(root)

    def program() -> None:
        runpy.run_path(MAIN, run_name="__main__")

    run = deploy(program, config=file, secret_keys=["secrets"], outputs=OUTPUTS, calls=CALLS)
    return list(run.registrations)


SECTIONS = {
    # Component and type of the child: stack file, section, child and argument.
    "CloudSqlPostgres DatabaseInstance": (
        database({**CLOUD_SQL, "hyperdrive": LIMIT}),
        "databases.main",
        "instance.maintenanceVersion",
    ),
    "NeonPostgres Project": (database(NEON), "databases.main", "branch.orgId"),
    "NeonPostgres Branch": (database(NEON_BRANCH), "databases.main", "branch.parent"),
    "PrismaPostgres Project": (database(PRISMA), "databases.main", "project.name"),
    "PrismaPostgres Database": (database(PRISMA), "databases.main", "databaseResource.name"),
    "PrismaPostgres Connection": (database(PRISMA), "databases.main", "connections.name"),
    "RdsPostgres Instance": (database({**RDS, "hyperdrive": LIMIT}), "databases.main", "instance.monitoringRoleArn"),
    "DatabaseRoles Role": (database(parts(credentials=ADMIN)), "databases.main.credentials", "roles.actsAs"),
    "Hyperdrive HyperdriveConfig": (stack_file(), HYPERDRIVE, "config.name"),
    "HyperdrivePair HyperdriveConfig": (pair(), HYPERDRIVE, "fresh.name"),
    "HyperdriveSlots HyperdriveConfig": (pair(credentials=SLOTS), HYPERDRIVE, "config.name"),
    "OriginCertificates MtlsCertificate": (
        database(parts(hyperdrive={**LIMIT, "tls": TLS})),
        f"{HYPERDRIVE}.tls",
        "ca.name",
    ),
    "VpcServiceRoute ConnectivityDirectoryService": (
        database(parts(host="db.internal", route=VPC)),
        "databases.main.route",
        "vpcService.name",
    ),
    "AccessTunnelRoute ZeroTrustAccessApplication": (
        database(parts(host="db.internal", route=TUNNEL)),
        "databases.main.route",
        "application.logoUrl",
    ),
    "EcsConnector TaskDefinition": (
        database(parts(host="db.internal", route={**VPC, "connector": ECS})),
        "databases.main.route.connector",
        "taskDefinition.taskRoleArn",
    ),
    "KvCache WorkersKvNamespace": (stack_file(kv={"answers": {}}), "kv.answers", "namespace.title"),
    "Queue Queue": (stack_file(queues={"jobs": {}}), "queues.jobs", "queue.queueName"),
    "SecretsStore SecretsStoreSecret": (store(), "secretsStore", "secrets.comment"),
    "Worker WorkersScript": (stack_file(), "workers.api", "script.bodyPart"),
    "WorkerRollout WorkerVersion": (stack_file(workers={"api": ROLLOUT}), "workers.api", "version.mainModule"),
    "PagesProject PagesProject": (stack_file(pages={"site": SITE}), "pages.site", "project.productionBranch"),
}


@pytest.mark.parametrize("resource", SECTIONS)
def test_a_transform_reaches_the_child_resource(resource: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (component, kind), (file, section, argument) = resource.split(), SECTIONS[resource]
    child, name = argument.split(".")
    given = with_transforms(file, **{section.replace(".", "__"): {child: {name: "from-the-transform"}}})
    found = [
        each.inputs.get(name) or each.inputs.get(re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name))
        for each in deployed(root, given, monkeypatch)
        if each.type.endswith(f":{kind}") and re.search(rf":{component}[$:]", each.wire.parent)
    ]
    assert "from-the-transform" in found


def test_every_component_of_a_stack_file_with_children_has_a_transform() -> None:
    with_children = {each.__name__ for each in COMPONENTS} - WITHOUT_CHILDREN
    # A stack file has no section for a proxy, and a setting for a preview database that is no map.
    assert with_children - {"RdsProxy", "PreviewDatabase"} == {resource.split()[0] for resource in SECTIONS}


def test_arguments_can_be_in_snake_case(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transform = {"vpc_service": {"tcp_port": 6432}}
    file = with_transforms(database(parts(host="db.internal", route=VPC)), databases__main__route=transform)
    (service,) = (
        each for each in deployed(root, file, monkeypatch) if each.type.endswith(":ConnectivityDirectoryService")
    )
    assert service.inputs["tcpPort"] == 6432


def test_a_replaced_argument_stays_a_secret(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = {
        "scheme": "postgres",
        "host": "x.example.com",
        "port": 5432,
        "database": "a",
        "user": "b",
        "password": "c",
    }
    file = with_transforms(stack_file(), databases__main__hyperdrive={"config": {"origin": origin}})
    (found,) = (each for each in deployed(root, file, monkeypatch) if each.type.endswith(":HyperdriveConfig"))
    assert found.inputs["origin"]["host"] == "x.example.com"
    assert "origin" in found.secrets


# The page.


def test_the_example_of_the_page_has_the_argument(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = (block.text for block in blocks(PAGE) if block.language == "yaml" and "transform:" in block.text)
    entry = yaml.safe_load(text)["config"]["shop:databases"]["main"]
    found = deployed(root, database(entry), monkeypatch)
    (instance,) = (each for each in found if each.type == "aws:rds/instance:Instance")
    assert instance.inputs["performanceInsightsEnabled"] is True


def test_the_error_on_the_page_is_the_message(root: Path) -> None:
    transform = {"instance": {"performanceInsightEnabled": True}}
    ((path, message),) = faults_of(root, database({**RDS, "hyperdrive": LIMIT}), databases__main=transform).items()
    assert f"{path}  {message}\n" in PAGE.read_text()


def test_the_page_lists_the_components_of_each_section() -> None:
    lines = re.findall(r"^- `([a-zA-Z.]+)`: (\[`\w+`\]\(reference.+)$", PAGE.read_text(), re.MULTILINE)
    listed = {component for _, line in lines for component in re.findall(r"\[`(\w+)`\]", line)}
    assert listed == {resource.split()[0] for resource in SECTIONS}
    assert [section for section, _ in lines] == [
        f"{pattern.replace('*', 'NAME')}.{inside}".rstrip(".") for pattern, inside, _ in children.SECTIONS
    ]


# Errors.


def faults_of(root: Path, file: dict[str, Any], **transforms: Any) -> dict[str, str]:
    (root / "ca.pem").write_text(certificate("Example CA").pem)
    return {path: text.strip() for path, text in faults(root, with_transforms(file, **transforms)).items()}


def test_an_inherited_binding_in_a_transform_is_rejected(root: Path) -> None:
    transform = {"script": {"bindings": [{"name": "HYPERDRIVE", "type": "inherit"}]}}
    ((path, message),) = faults_of(root, stack_file(), workers__api=transform).items()
    assert path == "workers.api.transform.script.bindings[0].type"
    assert message.startswith("must not be inherit, because Cloudflare omits the binding without an error")


def test_an_unknown_argument_is_rejected_with_a_suggestion_in_camel_case(root: Path) -> None:
    transform = {"config": {"originConectionLimit": 7}}
    assert faults_of(root, stack_file(), databases__main__hyperdrive=transform) == {
        f"{HYPERDRIVE}.transform.config.originConectionLimit": (
            "unknown argument. Did you mean `originConnectionLimit`?"
        )
    }


def test_an_unknown_child_is_rejected_with_a_suggestion_in_camel_case(root: Path) -> None:
    assert faults_of(root, database({**RDS, "hyperdrive": LIMIT}), databases__main={"subnetgroup": {}}) == {
        "databases.main.transform.subnetgroup": "unknown child. Did you mean `subnetGroup`?"
    }


def test_the_children_are_listed_if_no_name_is_similar(root: Path) -> None:
    assert faults_of(root, pair(), databases__main__hyperdrive={"x": {}}) == {
        f"{HYPERDRIVE}.transform.x": "unknown child. The children are `cached`, `fresh`."
    }


@pytest.mark.parametrize("section", ["workers.api", HYPERDRIVE])
@pytest.mark.parametrize("value", ["config", 5, ["config"]])
def test_a_transform_that_is_no_map_is_rejected(root: Path, section: str, value: Any) -> None:
    found = faults_of(root, stack_file(), **{section.replace(".", "__"): value})
    assert list(found) == [f"{section}.transform"]
    assert found[f"{section}.transform"].startswith("must be a map")


def test_a_child_whose_value_is_no_map_is_rejected(root: Path) -> None:
    found = faults_of(root, stack_file(), databases__main__hyperdrive={"config": "name"})
    assert list(found) == [f"{HYPERDRIVE}.transform.config"]
    assert "must be a map, got name" in found[f"{HYPERDRIVE}.transform.config"]


def test_all_errors_of_all_transforms_are_reported_with_the_other_errors(root: Path) -> None:
    file = stack_file(accountId="abc", kv={"answers": {}}, workers__api__secrets=["STRIPE_KEY"])
    transform = {"config": {"nme": "x", "caching": {"disabld": True}, "name": "y"}, "fresh": {}}
    found = faults_of(root, file, databases__main__hyperdrive=transform, kv__answers={"namespace": {"titel": "x"}})
    assert sorted(found) == [
        "accountId",
        f"{HYPERDRIVE}.transform.config.caching.disabld",
        f"{HYPERDRIVE}.transform.config.nme",
        f"{HYPERDRIVE}.transform.fresh",
        "kv.answers.transform.namespace.titel",
        "workers.api.secrets[0]",
    ]


def test_nothing_is_created_if_a_transform_has_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = with_transforms(stack_file(), workers__api={"script": {"x": 1}})
    created: list[str] = []
    monkeypatch.setattr(ExistingPostgres, "__init__", lambda _, name, *__: created.append(name))
    with pytest.raises(pulumi.RunError, match=r"workers\.api\.transform\.script\.x"):
        deployed(root, file, monkeypatch)
    assert created == []


def test_the_value_of_an_unknown_argument_is_not_shown(root: Path) -> None:
    found = faults_of(root, stack_file(), databases__main__hyperdrive={"config": {"passwort": SENTINEL}})
    assert SENTINEL not in str(found)


@pytest.mark.parametrize(
    ("entry", "unknown"),
    [(NEON, "parent"), (NEON_BRANCH, "org_id"), ({**NEON_BRANCH, "branch": {}, "maxConnections": 100}, "name")],
    ids=["project", "branch", "default branch"],
)
def test_the_arguments_of_a_neon_branch_are_those_of_the_resource_that_is_created(
    root: Path, entry: dict[str, Any], unknown: str
) -> None:
    found = faults_of(root, database(entry), databases__main={"branch": {unknown: "x"}})
    assert list(found) == [f"databases.main.transform.branch.{unknown}"]


@pytest.mark.parametrize(
    ("file", "child"),
    [
        (stack_file(), "cached"),
        (pair(), "config"),
        (pair(credentials=SLOTS), "cached"),
    ],
    ids=["one", "pair", "slots"],
)
def test_the_children_of_hyperdrive_are_those_of_the_component_that_is_created(
    root: Path, file: dict[str, Any], child: str
) -> None:
    assert list(faults_of(root, file, databases__main__hyperdrive={child: {}})) == [f"{HYPERDRIVE}.transform.{child}"]


def test_the_children_of_a_rollout_differ_from_those_of_a_worker(root: Path) -> None:
    file = stack_file(workers={"api": ROLLOUT})
    assert list(faults_of(root, file, workers__api={"script": {}})) == ["workers.api.transform.script"]
    assert list(faults_of(root, stack_file(), workers__api={"version": {}})) == ["workers.api.transform.version"]


@pytest.mark.parametrize(
    ("file", "section", "words"),
    [
        (stack_file(), "databases.main", "is unknown"),
        (stack_file(kv={"answers": {"id": "0" * 32}}), "kv.answers", "cannot be combined with `id`"),
        (database(parts(credentials=SLOTS)), "databases.main.credentials", "cannot be combined with `a` and `b`"),
        (database({**NEON, "credentials": {"activeSlot": "a"}}), "databases.main.credentials", "the vendor creates"),
        (
            database(parts(hyperdrive={**LIMIT, "tls": {"mode": "require"}})),
            f"{HYPERDRIVE}.tls",
            "requires a certificate",
        ),
    ],
    ids=["existing database", "existing namespace", "existing roles", "roles of the vendor", "no certificate"],
)
def test_a_transform_without_effect_is_rejected(root: Path, file: dict[str, Any], section: str, words: str) -> None:
    (message,) = faults_of(root, file, **{section.replace(".", "__"): {}}).values()
    assert words in message


@pytest.mark.parametrize(
    "databases",
    ["main", {"main": None}, {"main": {"provider": "oracle", "transform": {"x": {}}}}, {"main": {"transform": {}}}],
    ids=["no map", "no entry", "unknown provider", "no provider"],
)
def test_another_error_of_the_section_hides_no_error_and_adds_none(root: Path, databases: Any) -> None:
    file = stack_file(kv={"answers": {}})
    del file["workers"]
    found = faults_of(root, {**file, "databases": databases}, kv__answers={"x": {}})
    assert len(found) == 2
    assert "kv.answers.transform.x" in found


def test_a_transform_loads_only_the_class_that_it_needs() -> None:
    source = """
import json, sys
from edge_postgres import load_sdk_lazily
from edge_postgres.stack.transform import find_transform_errors

load_sdk_lazily()
modules = ["pulumi_cloudflare.workers_kv_namespace", "pulumi_cloudflare._inputs", "pulumi_aws"]
before = [name for name in modules if name in sys.modules]
errors = list(find_transform_errors({"kv": {"answers": {"transform": {"namespace": {"titel": "x"}}}}}))
print(json.dumps([before, len(errors), [name for name in modules if name in sys.modules]]))
"""
    assert printed(source) == [[], 1, ["pulumi_cloudflare.workers_kv_namespace"]]
