"""Systemd units, compose files and ECS tasks that run a connector in the network of the database."""

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
from tests.harness import MAIN, Registration, Run, conceal, deploy, rejected
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
COMPUTED = {
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


def deployed(program: Callable[[], Any], preview: bool = False) -> Run:
    return deploy(program, preview=preview, outputs=COMPUTED, calls=CALLS)


def container(**changes: Any) -> dict[str, Any]:
    """Returns the container of a task that runs the connector."""
    return dict(containers(**changes)[0])


def containers(**changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        deployed(lambda: ecs(**changes) and None).one(TASK).inputs["containerDefinitions"]
    )
    return found


# Compose files and systemd units.


def service_of(text: str) -> Any:
    return yaml.safe_load(text)["services"]["cloudflared"]


def unit(text: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    return parsed


def test_no_file_can_contain_a_token() -> None:
    for render in (compose_file, systemd_unit):
        assert [name for name in inspect.signature(render).parameters if name == "token"] == []
    assert "TUNNEL_TOKEN=..." in compose_file()
    assert "--token " not in systemd_unit()


def test_a_compose_file_refers_to_another_file_with_the_token() -> None:
    found = service_of(compose_file(env_file="secret/tunnel.env"))
    assert (found["env_file"], "environment" in found) == (["secret/tunnel.env"], False)
    assert found["command"][-1] == "run"


def test_a_compose_file_gives_the_connector_a_read_only_disk_and_no_privileges() -> None:
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


def test_a_unit_has_a_separate_user_without_privileges() -> None:
    found = unit(systemd_unit())["Service"]
    hardened = ("DynamicUser", "NoNewPrivileges", "CapabilityBoundingSet", "ProtectSystem", "MemoryDenyWriteExecute")
    assert [found[key] for key in hardened] == ["yes", "yes", "", "strict", "yes"]


def test_a_unit_counts_as_started_when_it_is_connected() -> None:
    assert unit(systemd_unit())["Service"]["Type"] == "notify"


def test_a_unit_starts_an_explicit_program() -> None:
    assert unit(systemd_unit(program="/opt/cloudflared"))["Service"]["ExecStart"].startswith("/opt/cloudflared tunnel ")


@pytest.mark.parametrize("image", [IMAGE, "registry.example.com:5000/cloudflared:2026.9.3", f"a/b@sha256:{'0' * 64}"])
def test_an_image_with_a_version_or_a_digest_is_accepted(image: str) -> None:
    assert service_of(compose_file(image=image))["image"] == image


@pytest.mark.parametrize(
    "image", ["cloudflare/cloudflared", "cloudflare/cloudflared:latest", "registry.example.com:5000/cloudflared", ""]
)
def test_an_image_without_a_fixed_version_is_rejected(image: str) -> None:
    with rejected(
        f"image: must be an image with a fixed version{image and f', got {image}'}",
        "with a digest, or with a version other than `latest`",
    ):
        validate_image(image, subject="image")


def test_an_image_with_a_line_break_is_rejected_and_not_shown() -> None:
    with pytest.raises(pulumi.RunError, match=r"image: must be an image with a fixed version\.") as error:
        compose_file(image="a:1\n    privileged: true")
    assert "privileged" not in str(error.value)


@pytest.mark.parametrize("path", ["a b", "a\nb", '"', "$HOME/token", "%h/token", ""])
def test_a_path_with_special_characters_is_rejected(path: str) -> None:
    with rejected("env_file: must be a path"):
        compose_file(env_file=path)
    with rejected("token_file: must be an absolute path"):
        systemd_unit(token_file=f"/{path}" if path else path)


def test_a_relative_path_in_a_unit_is_rejected() -> None:
    with rejected("program: must be an absolute path"):
        systemd_unit(program="cloudflared")


# Tasks of ECS.


def test_the_update_waits_for_two_steady_tasks_without_a_public_address() -> None:
    inputs = deployed(lambda: ecs() and None).one(ECS_SERVICE).inputs
    assert (inputs["desiredCount"], inputs["launchType"], inputs["waitForSteadyState"]) == (2, "FARGATE", True)
    assert inputs["networkConfiguration"] == {
        "subnets": ["subnet-0a", "subnet-0b"],
        "securityGroups": [f"{MAIN}-connector-security-group-id"],
        "assignPublicIp": False,
    }


def test_a_version_that_does_not_start_is_rolled_back() -> None:
    inputs = deployed(lambda: ecs() and None).one(ECS_SERVICE).inputs
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}


def test_number_addresses_and_cluster_can_be_set(given: Given) -> None:
    def program() -> None:
        ecs(tasks=given(3), public_ip=True, cluster_arn=given("arn:cluster"), subnet_ids=given(["subnet-0c"]))

    run = deployed(program)
    inputs = run.one(ECS_SERVICE).inputs
    assert (inputs["desiredCount"], inputs["cluster"], run.all(CLUSTER)) == (3, "arn:cluster", [])
    network = inputs["networkConfiguration"]
    assert (network["assignPublicIp"], network["subnets"]) == (True, ["subnet-0c"])


def test_the_token_is_stored_in_secrets_manager_and_the_task_refers_to_it() -> None:
    run = deployed(lambda: ecs() and None)
    assert run.one(VERSION).inputs["secretString"] == TUNNEL_TOKEN
    assert container()["secrets"] == [{"name": "TUNNEL_TOKEN", "valueFrom": f"{ARN}:::version-1"}]
    assert "environment" not in container()


def test_a_container_has_a_read_only_disk_and_no_privileges() -> None:
    found = container()
    assert (found["user"], found["readonlyRootFilesystem"]) == ("65532:65532", True)
    assert found["linuxParameters"] == {"capabilities": {"drop": ["ALL"]}}


def test_a_container_is_healthy_when_it_is_connected() -> None:
    assert container()["healthCheck"]["command"][-1] == "ready"


def test_a_task_runs_only_after_its_connector_is_connected() -> None:
    connector, ready = containers(image="mirror/cloudflared:1")
    assert ready["dependsOn"] == [{"containerName": connector["name"], "condition": "HEALTHY"}]
    assert (connector["essential"], ready["essential"], ready["command"]) == (True, False, ["version"])
    for setting in ("image", "user", "readonlyRootFilesystem", "linuxParameters"):
        assert ready[setting] == connector[setting]
    assert "secrets" not in ready


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        (
            "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mirror/cloudflared:1",
            "arn:aws:ecr:eu-central-1:111122223333:repository/mirror/cloudflared",
        ),
        (
            "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/cloudflared:1",
            "arn:aws-cn:ecr:cn-north-1:111122223333:repository/cloudflared",
        ),
        (
            "111122223333.dkr-ecr.us-gov-west-1.on.aws/cloudflared:1",
            "arn:aws-us-gov:ecr:us-gov-west-1:111122223333:repository/cloudflared",
        ),
    ],
)
def test_the_role_may_pull_an_image_of_a_private_repository(image: str, repository: str) -> None:
    run = deployed(lambda: ecs(image=image) and None)
    token, pull = json.loads(run.one(POLICY).inputs["policy"])["Statement"][2:]
    assert (token["Action"], token["Resource"]) == ("ecr:GetAuthorizationToken", "*")
    assert ("ecr:BatchGetImage" in pull["Action"], pull["Resource"]) == (True, repository)


def test_the_image_can_be_set() -> None:
    assert (container()["image"], container(image="mirror/cloudflared:1")["image"]) == (IMAGE, "mirror/cloudflared:1")


def test_the_role_may_read_one_secret_and_write_to_one_log() -> None:
    run = deployed(lambda: ecs() and None)
    statements = json.loads(run.one(POLICY).inputs["policy"])["Statement"]
    assert [(statement["Action"], statement["Resource"]) for statement in statements] == [
        ("secretsmanager:GetSecretValue", ARN),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:eu-central-1:1:log-group:main:*"),
    ]
    assert "ecs-tasks.amazonaws.com" in run.one(ROLE).inputs["assumeRolePolicy"]


def test_a_task_itself_has_no_role() -> None:
    inputs = deployed(lambda: ecs() and None).one(TASK).inputs
    assert ("taskRoleArn" in inputs, inputs["executionRoleArn"]) == (False, "arn:aws:iam::1:role/main")


def rules(run: Run, kind: str) -> list[tuple[Any, ...]]:
    """Returns the security group, protocol, port, and source or destination of each rule."""
    return sorted(
        (
            rule.inputs["securityGroupId"],
            rule.inputs["ipProtocol"],
            rule.inputs["toPort"],
            rule.inputs.get("cidrIpv4") or rule.inputs["referencedSecurityGroupId"],
        )
        for rule in run.all(kind)
    )


def test_connectors_can_connect_to_cloudflare_and_the_database_only(given: Given) -> None:
    ours = f"{MAIN}-connector-security-group-id"
    assert rules(deployed(lambda: ecs(port=given(6543)) and None), OUT) == [
        (ours, "tcp", 443, "0.0.0.0/0"),
        (ours, "tcp", 6543, "sg-0database"),
        (ours, "tcp", 7844, "0.0.0.0/0"),
        (ours, "udp", 7844, "0.0.0.0/0"),
    ]


def test_the_security_group_of_the_database_gets_a_rule_too(given: Given) -> None:
    run = deployed(lambda: ecs(database_security_group_id=given("sg-1")) and None)
    assert [rule[0] for rule in rules(run, IN)] == ["sg-1"]


def test_only_the_connectors_can_connect_to_the_database() -> None:
    found = rules(deployed(lambda: ecs() and None), IN)
    assert found == [("sg-0database", "tcp", 5432, f"{MAIN}-connector-security-group-id")]


def test_no_ingress_rule_is_created_without_the_security_group_of_the_database() -> None:
    run = deployed(lambda: {"group": ecs(database_security_group_id=...).security_group_id})
    assert (run.all(IN), run.exports["group"].value) == ([], f"{MAIN}-connector-security-group-id")
    assert (f"{MAIN}-connector-security-group-id", "tcp", 5432, "0.0.0.0/0") in rules(run, OUT)


def test_names_region_and_tags_reach_the_created_resources(given: Given) -> None:
    def program() -> None:
        ecs(connector_name=given("shop-prod"), region=given("eu-west-1"), tags=given({"team": "shop"}))

    run = deployed(program)
    assert run.one(GROUP).inputs["namePrefix"] == "shop-prod-connector-"
    tagged = [entry for entry in run.registrations if entry.type in (GROUP, SECRET, TASK, CLUSTER, ECS_SERVICE, LOG)]
    assert {(entry.inputs["region"], entry.inputs["tags"]["team"]) for entry in tagged} == {("eu-west-1", "shop")}


def test_a_name_that_ec2_rejects_for_the_security_group_is_rejected(given: Given, preview: bool) -> None:
    with rejected("EcsConnector `main`.connector_name: cannot begin with `sg-`", "got sg-prod"):
        deployed(lambda: ecs(connector_name=given("sg-prod")) and None, preview)


# Dependencies.


def test_hyperdrive_waits_for_the_route_and_its_connectors(preview: bool) -> None:
    def program() -> None:
        route = vpc_route()
        hyperdrive(origin=ecs(origin=route.origin, tunnel_token=route.tunnel_token).origin)

    run = deployed(program, preview)
    assert {SERVICE, ECS_SERVICE, IN, OUT, POLICY, VERSION} <= before(run, run.one(CONFIG))


def test_hyperdrive_with_another_role_waits_for_the_connectors_too() -> None:
    def program() -> None:
        route = vpc_route()
        connector = ecs(origin=route.origin, tunnel_token=route.tunnel_token)
        hyperdrive(origin=connector.route_origin(route.route_origin(private(user="other"))))

    run = deployed(program)
    assert {SERVICE, ECS_SERVICE} <= before(run, run.one(CONFIG))


def test_tasks_wait_for_their_permissions_their_token_and_their_network_rules() -> None:
    run = deployed(lambda: ecs() and None)
    assert {POLICY, VERSION, LOG, IN, OUT} <= before(run, run.one(ECS_SERVICE))


def test_depends_on_of_a_connector_applies_to_each_of_its_resources() -> None:
    run = deployed(lambda: ecs(pulumi.ResourceOptions(depends_on=[random.RandomPet("nat")])) and None)
    waiting = [entry for entry in run.registrations if entry.type.startswith("aws:")]
    assert [entry.name for entry in waiting if not _waits(entry, "nat")] == []


def _waits(entry: Registration, name: str) -> bool:
    return any(urn.endswith(f"::{name}") for urn in entry.wire.dependencies)


def test_the_origin_is_that_of_the_route() -> None:
    found = deployed(lambda: ecs(origin=served(max_connections=100)).origin).exports
    assert {field: export.value for field, export in found.items()} == {**served(max_connections=100)}


# Secrets.


@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input, pulumi.Output.secret])
def test_neither_the_token_nor_the_password_is_in_plain_text(
    wrap: Given, preview: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        run = deployed(
            lambda: ecs(tunnel_token=wrap(TUNNEL_TOKEN), origin=served(password=wrap(PASSWORD))).origin, preview
        )
    public = [entry.public for entry in run.registrations]
    public += [conceal(found) for found in run.monitor.component_outputs.values()]
    for secret in (TUNNEL_TOKEN, PASSWORD):
        assert secret not in json.dumps(public)
        assert secret not in caplog.text
    assert (run.one(VERSION).secrets, run.exports["password"].secret) == ({"secretString"}, True)


# Rejected arguments.


def test_an_empty_token_is_rejected(given: Given, preview: bool) -> None:
    with rejected("EcsConnector `main`.tunnel_token: is empty", "already has connectors"):
        deployed(lambda: ecs(tunnel_token=given("")), preview)


def test_the_token_of_an_existing_tunnel_is_rejected(preview: bool) -> None:
    def program() -> None:
        route = vpc_route(tunnel_id="tunnel-7")
        ecs(origin=route.origin, tunnel_token=route.tunnel_token)

    with rejected("EcsConnector `main`.tunnel_token: is empty"):
        deployed(program, preview)


@pytest.mark.parametrize(("tasks", "problem"), [(0, "must be at least 1, got 0"), (1.5, "must be an integer, got 1.5")])
def test_an_invalid_number_of_tasks_is_rejected(tasks: float, problem: str, given: Given) -> None:
    with rejected(f"EcsConnector `main`.tasks: {problem}"):
        deployed(lambda: ecs(tasks=given(tasks)))


def test_a_port_that_is_not_an_integer_is_rejected(given: Given) -> None:
    with rejected("EcsConnector `main`.port: must be an integer, got 5432.5"):
        deployed(lambda: ecs(port=given(5432.5)))


def test_an_image_without_a_version_is_rejected() -> None:
    with rejected(
        "EcsConnector `main`.image: must be an image with a fixed version, got cloudflare/cloudflared:latest"
    ):
        deployed(lambda: ecs(image="cloudflare/cloudflared:latest"))


def test_an_unknown_argument_is_rejected() -> None:
    with rejected("EcsConnector `main`.subnets: unknown argument", "`subnet_ids`"):
        deployed(lambda: ecs(subnets=["subnet-0a"]))
