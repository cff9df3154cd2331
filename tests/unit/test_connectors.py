"""What runs a connector: a systemd unit, a compose file, tasks of ECS in the database's network."""

import configparser
import inspect
import json
import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest
import yaml

from edge_postgres.routes.connectors import IMAGE, compose_file, systemd_unit, validate_image
from edge_postgres.routes.ecs_connector import EcsConnector
from tests.harness import Registration, Run, conceal, deploy, rejected
from tests.unit.sound import CONFIG, PASSWORD, changed, hyperdrive
from tests.unit.sound import origin as private
from tests.unit.sound import vpc as served
from tests.unit.test_private_network import CALLS, OUTPUTS, SERVICE, TUNNEL_TOKEN, before
from tests.unit.test_private_network import vpc as vpc_route

Given = Callable[[Any], Any]

ECS_SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
CLUSTER = "aws:ecs/cluster:Cluster"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
LOG = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

ARN = "arn:aws:secretsmanager:eu-central-1:1:secret:main"
TOLD = {
    **OUTPUTS,
    SECRET: {"arn": ARN},
    VERSION: {"versionId": "version-1"},
    LOG: {"arn": "arn:aws:logs:eu-central-1:1:log-group:main", "region": "eu-central-1", "name": "main-connector"},
    ROLE: {"arn": "arn:aws:iam::1:role/main", "name": "main-role-1"},
    CLUSTER: {"arn": "arn:aws:ecs:eu-central-1:1:cluster/main"},
    TASK: {"arn": "arn:aws:ecs:eu-central-1:1:task-definition/main:1"},
    ECS_SERVICE: {"arn": "arn:aws:ecs:eu-central-1:1:service/main"},
}


def ecs(opts: Any = None, **changes: Any) -> EcsConnector:
    """Registers an EcsConnector; ``changes`` are its arguments."""
    args = {
        "origin": served(),
        "tunnel_token": TUNNEL_TOKEN,
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "database_security_group_id": "sg-0database",
    }
    return EcsConnector("main", changed(args, changes), opts)  # type: ignore[arg-type]


def made(program: Callable[[], Any], preview: bool = False) -> Run:
    return deploy(program, preview=preview, outputs=TOLD, calls=CALLS)


def container(**changes: Any) -> dict[str, Any]:
    """The one container of a task."""
    (found,) = json.loads(made(lambda: ecs(**changes) and None).one(TASK).inputs["containerDefinitions"])
    return dict(found)


# Texts.


def service_of(text: str) -> Any:
    return yaml.safe_load(text)["services"]["cloudflared"]


def unit(text: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    return parsed


def test_no_text_can_hold_a_token() -> None:
    for text in (compose_file, systemd_unit):
        assert [name for name in inspect.signature(text).parameters if name == "token"] == []
    assert "TUNNEL_TOKEN=..." in compose_file()
    assert "--token " not in systemd_unit()


def test_a_compose_file_takes_the_token_from_a_file_beside_it() -> None:
    found = service_of(compose_file(env_file="secret/tunnel.env"))
    assert (found["env_file"], "environment" in found) == (["secret/tunnel.env"], False)
    assert found["command"][-1] == "run"


def test_a_compose_file_lets_the_connector_write_and_become_nothing() -> None:
    found = service_of(compose_file())
    hardened = {key: found[key] for key in ("user", "read_only", "cap_drop", "security_opt")}
    assert hardened == {
        "user": "65532:65532",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    assert "ports" not in found


def test_a_compose_files_connector_is_healthy_when_it_is_connected() -> None:
    found = service_of(compose_file())
    metrics = found["command"][found["command"].index("--metrics") + 1]
    assert found["healthcheck"]["test"] == ["CMD", "cloudflared", "tunnel", "--metrics", metrics, "ready"]


def test_a_unit_gets_the_token_as_a_credential_and_not_as_an_argument() -> None:
    found = unit(systemd_unit(token_file="/run/keys/tunnel"))["Service"]
    assert found["LoadCredential"] == "token:/run/keys/tunnel"
    assert found["Environment"] == "TUNNEL_TOKEN_FILE=%d/token"
    assert "token" not in found["ExecStart"]


def test_a_unit_has_a_user_of_its_own_without_rights() -> None:
    found = unit(systemd_unit())["Service"]
    hardened = ("DynamicUser", "NoNewPrivileges", "CapabilityBoundingSet", "ProtectSystem", "MemoryDenyWriteExecute")
    assert [found[key] for key in hardened] == ["yes", "yes", "", "strict", "yes"]


def test_a_unit_counts_as_started_when_it_is_connected() -> None:
    assert unit(systemd_unit())["Service"]["Type"] == "notify"


def test_a_unit_starts_the_stated_program() -> None:
    assert unit(systemd_unit(program="/opt/cloudflared"))["Service"]["ExecStart"].startswith("/opt/cloudflared tunnel ")


@pytest.mark.parametrize("image", [IMAGE, "registry.example.com:5000/cloudflared:2026.9.3", f"a/b@sha256:{'0' * 64}"])
def test_an_image_with_a_version_or_a_digest_is_taken(image: str) -> None:
    assert service_of(compose_file(image=image))["image"] == image


@pytest.mark.parametrize(
    "image", ["cloudflare/cloudflared", "cloudflare/cloudflared:latest", "registry.example.com:5000/cloudflared", ""]
)
def test_an_image_that_changes_by_itself_is_rejected(image: str) -> None:
    with rejected(f"image: must be an image with a fixed version{image and f', got {image}'}", "with its version"):
        validate_image(image, subject="image")


def test_an_image_that_would_be_more_than_one_is_rejected_and_not_shown() -> None:
    with pytest.raises(pulumi.RunError, match=r"image: must be an image with a fixed version\.") as refused:
        compose_file(image="a:1\n    privileged: true")
    assert "privileged" not in str(refused.value)


@pytest.mark.parametrize("path", ["a b", "a\nb", '"', "$HOME/token", "%h/token", ""])
def test_a_path_that_would_be_read_otherwise_is_rejected(path: str) -> None:
    with rejected("env_file: must be a path"):
        compose_file(env_file=path)
    with rejected("token_file: must be an absolute path"):
        systemd_unit(token_file=f"/{path}" if path else path)


def test_a_path_in_a_unit_is_absolute() -> None:
    with rejected("program: must be an absolute path"):
        systemd_unit(program="cloudflared")


# Tasks of ECS.


def test_two_tasks_run_without_a_public_address_until_they_are_steady() -> None:
    inputs = made(lambda: ecs() and None).one(ECS_SERVICE).inputs
    assert (inputs["desiredCount"], inputs["launchType"], inputs["waitForSteadyState"]) == (2, "FARGATE", True)
    assert inputs["networkConfiguration"] == {
        "subnets": ["subnet-0a", "subnet-0b"],
        "securityGroups": ["main-connector-security-group-id"],
        "assignPublicIp": False,
    }


def test_a_version_that_does_not_start_is_taken_back() -> None:
    inputs = made(lambda: ecs() and None).one(ECS_SERVICE).inputs
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}


def test_number_addresses_and_cluster_can_be_stated(given: Given) -> None:
    def program() -> None:
        ecs(tasks=given(3), public_ip=True, cluster_arn=given("arn:cluster"), subnet_ids=given(["subnet-0c"]))

    run = made(program)
    inputs = run.one(ECS_SERVICE).inputs
    assert (inputs["desiredCount"], inputs["cluster"], run.all(CLUSTER)) == (3, "arn:cluster", [])
    network = inputs["networkConfiguration"]
    assert (network["assignPublicIp"], network["subnets"]) == (True, ["subnet-0c"])


def test_the_token_is_kept_in_secrets_manager_and_named_in_the_task() -> None:
    run = made(lambda: ecs() and None)
    assert run.one(VERSION).inputs["secretString"] == TUNNEL_TOKEN
    assert container()["secrets"] == [{"name": "TUNNEL_TOKEN", "valueFrom": f"{ARN}:::version-1"}]
    assert "environment" not in container()


def test_a_container_can_write_nothing_and_become_nobody() -> None:
    found = container()
    assert (found["user"], found["readonlyRootFilesystem"]) == ("65532:65532", True)
    assert found["linuxParameters"] == {"capabilities": {"drop": ["ALL"]}}


def test_a_container_is_healthy_when_it_is_connected() -> None:
    assert container()["healthCheck"]["command"][-1] == "ready"


def test_the_image_can_be_stated() -> None:
    assert (container()["image"], container(image="mirror/cloudflared:1")["image"]) == (IMAGE, "mirror/cloudflared:1")


def test_the_role_may_read_one_secret_and_write_to_one_log() -> None:
    run = made(lambda: ecs() and None)
    statements = json.loads(run.one(POLICY).inputs["policy"])["Statement"]
    assert [(statement["Action"], statement["Resource"]) for statement in statements] == [
        ("secretsmanager:GetSecretValue", ARN),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:eu-central-1:1:log-group:main:*"),
    ]
    assert "ecs-tasks.amazonaws.com" in run.one(ROLE).inputs["assumeRolePolicy"]


def test_a_task_itself_has_no_role() -> None:
    inputs = made(lambda: ecs() and None).one(TASK).inputs
    assert ("taskRoleArn" in inputs, inputs["executionRoleArn"]) == (False, "arn:aws:iam::1:role/main")


def rules(run: Run, kind: str) -> list[tuple[Any, ...]]:
    """Whose rule it is, protocol, port, and where it leads or comes from."""
    return sorted(
        (
            rule.inputs["securityGroupId"],
            rule.inputs["ipProtocol"],
            rule.inputs["toPort"],
            rule.inputs.get("cidrIpv4") or rule.inputs["referencedSecurityGroupId"],
        )
        for rule in run.all(kind)
    )


def test_connectors_get_out_to_cloudflare_and_to_the_database_only(given: Given) -> None:
    ours = "main-connector-security-group-id"
    assert rules(made(lambda: ecs(port=given(6543)) and None), OUT) == [
        (ours, "tcp", 443, "0.0.0.0/0"),
        (ours, "tcp", 6543, "sg-0database"),
        (ours, "tcp", 7844, "0.0.0.0/0"),
        (ours, "udp", 7844, "0.0.0.0/0"),
    ]


def test_the_databases_own_security_group_is_opened_too(given: Given) -> None:
    run = made(lambda: ecs(database_security_group_id=given("sg-1")) and None)
    assert [rule[0] for rule in rules(run, IN)] == ["sg-1"]


def test_nobody_gets_in_but_the_connectors_into_the_database() -> None:
    found = rules(made(lambda: ecs() and None), IN)
    assert found == [("sg-0database", "tcp", 5432, "main-connector-security-group-id")]


def test_a_security_group_that_is_not_named_is_let_in_by_somebody_else() -> None:
    run = made(lambda: {"group": ecs(database_security_group_id=...).security_group_id})
    assert (run.all(IN), run.exports["group"].value) == ([], "main-connector-security-group-id")
    assert ("main-connector-security-group-id", "tcp", 5432, "0.0.0.0/0") in rules(run, OUT)


def test_names_region_and_tags_reach_what_is_made(given: Given) -> None:
    def program() -> None:
        ecs(connector_name=given("shop-prod"), region=given("eu-west-1"), tags=given({"team": "shop"}))

    run = made(program)
    assert run.one(GROUP).inputs["namePrefix"] == "shop-prod-connector-"
    tagged = [entry for entry in run.registrations if entry.type in (GROUP, SECRET, TASK, CLUSTER, ECS_SERVICE, LOG)]
    assert {(entry.inputs["region"], entry.inputs["tags"]["team"]) for entry in tagged} == {("eu-west-1", "shop")}


# The order.


def test_hyperdrive_comes_after_the_route_and_after_its_connectors(preview: bool) -> None:
    def program() -> None:
        route = vpc_route()
        hyperdrive(origin=ecs(origin=route.origin, tunnel_token=route.tunnel_token).origin)

    run = made(program, preview)
    assert {SERVICE, ECS_SERVICE, IN, OUT, POLICY, VERSION} <= before(run, run.one(CONFIG))


def test_another_role_waits_for_the_connectors_too() -> None:
    def program() -> None:
        route = vpc_route()
        connector = ecs(origin=route.origin, tunnel_token=route.tunnel_token)
        hyperdrive(origin=connector.route_origin(route.route_origin(private(user="other"))))

    run = made(program)
    assert {SERVICE, ECS_SERVICE} <= before(run, run.one(CONFIG))


def test_tasks_start_when_they_may_read_the_token_and_get_out() -> None:
    run = made(lambda: ecs() and None)
    assert {POLICY, VERSION, LOG, IN, OUT} <= before(run, run.one(ECS_SERVICE))


def test_what_a_connector_depends_on_comes_before_each_part() -> None:
    run = made(lambda: ecs(pulumi.ResourceOptions(depends_on=[random.RandomPet("nat")])) and None)
    waiting = [entry for entry in run.registrations if entry.type.startswith("aws:")]
    assert [entry.name for entry in waiting if not _waits(entry, "nat")] == []


def _waits(entry: Registration, name: str) -> bool:
    return any(urn.endswith(f"::{name}") for urn in entry.wire.dependencies)


def test_the_origin_is_the_routes_own() -> None:
    found = made(lambda: ecs(origin=served(max_connections=100)).origin).exports
    assert {leaf: export.value for leaf, export in found.items()} == {**served(max_connections=100)}


# Secrets.


@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input, pulumi.Output.secret])
def test_neither_the_token_nor_the_password_stands_in_the_open(
    wrap: Given, preview: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        run = made(lambda: ecs(tunnel_token=wrap(TUNNEL_TOKEN), origin=served(password=wrap(PASSWORD))).origin, preview)
    open_to_read = [entry.public for entry in run.registrations]
    open_to_read += [conceal(found) for found in run.monitor.component_outputs.values()]
    for secret in (TUNNEL_TOKEN, PASSWORD):
        assert secret not in json.dumps(open_to_read)
        assert secret not in caplog.text
    assert (run.one(VERSION).secrets, run.exports["password"].secret) == ({"secretString"}, True)


# What it refuses.


def test_a_tunnel_with_an_empty_token_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.tunnel_token: is empty", "already has connectors"):
        made(lambda: ecs(tunnel_token=given("")), preview)


def test_the_token_of_a_tunnel_that_was_given_to_the_route_is_rejected(preview: bool) -> None:
    def program() -> None:
        route = vpc_route(tunnel_id="tunnel-7")
        ecs(origin=route.origin, tunnel_token=route.tunnel_token)

    with rejected("main.tunnel_token: is empty"):
        made(program, preview)


@pytest.mark.parametrize(("tasks", "fault"), [(0, "must be at least 1, got 0"), (1.5, "must be an integer, got 1.5")])
def test_a_number_of_tasks_that_is_none_is_rejected(tasks: float, fault: str, given: Given) -> None:
    with rejected(f"main.tasks: {fault}"):
        made(lambda: ecs(tasks=given(tasks)))


def test_a_port_that_is_no_whole_number_is_rejected(given: Given) -> None:
    with rejected("main.port: must be an integer, got 5432.5"):
        made(lambda: ecs(port=given(5432.5)))


def test_an_image_without_a_version_is_rejected() -> None:
    with rejected("main.image: must be an image with a fixed version, got cloudflare/cloudflared:latest"):
        made(lambda: ecs(image="cloudflare/cloudflared:latest"))


def test_an_argument_that_is_none_is_rejected() -> None:
    with rejected("main.subnets: unknown argument", "`subnet_ids`"):
        made(lambda: ecs(subnets=["subnet-0a"]))
