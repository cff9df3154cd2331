"""Settings of the network route to a private database: accepted values, errors, and arguments."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge_postgres import stack as settings
from edge_postgres.origin.hosts import vendor_of
from edge_postgres.origins.rds.component import RdsPostgres
from edge_postgres.routes.access_tunnel import AccessTunnelRouteArgs
from edge_postgres.routes.ecs_connector import EcsConnectorArgs
from edge_postgres.routes.vpc_service import VpcServiceRouteArgs
from edge_postgres.stack.create_database import create_database
from edge_postgres.stack.origins.existing import ExistingDatabase
from edge_postgres.stack.origins.rds import EXAMPLE_HOST
from tests.harness import deploy
from tests.unit.sound import changed
from tests.unit.test_settings import faults, load, only_fault, parts, root, stack_file

__all__ = ["root"]

MAIN = "databases.main"
TUNNEL_TOKEN = "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken"
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
VPC = {"kind": "vpc-service", "connector": "none"}
TUNNEL = {"kind": "access-tunnel", "connector": "none", "hostname": "tunnel.example.com", "zoneId": ZONE}
PLACE = {"vpcId": "vpc-0b", "subnetIds": ["subnet-0c", "subnet-0d"]}
TLS = {"mode": "verify-full", "caFile": "authority.pem"}


def rds(**changes: Any) -> dict[str, Any]:
    """A stack file with a private instance, a Workers VPC service and connectors in ECS."""
    database = {
        "provider": "rds",
        "region": "eu-central-1",
        "engineVersion": "17.6",
        "instanceClass": "db.t4g.medium",
        "network": {"vpcId": "vpc-0a", "subnetIds": ["subnet-0a", "subnet-0b"]},
        "route": {"kind": "vpc-service", "connector": "ecs", "certificateVerification": "disabled"},
        "hyperdrive": {"connectionLimit": 20, "caching": "none"},
    }
    return stack_file(databases__main=changed(database, changes))


def existing(route: Any, **changes: Any) -> dict[str, Any]:
    """A stack file with an existing private database."""
    return stack_file(databases__main=changed(parts(host="db.internal", route=route), changes))


def vpc(**changes: Any) -> dict[str, Any]:
    return existing(changed(VPC, changes))


def tunnel(**changes: Any) -> dict[str, Any]:
    return existing(changed(TUNNEL, changes))


class FakeRds(RdsPostgres):
    """The outputs of a database component that connectors need."""

    def __init__(self) -> None:
        self.security_group_id: Any = "sg-0database"


class FakeRoute:
    """The outputs of a route component."""

    origin, tunnel_token = "the origin", "the token"


def route(root: Path, file: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The kind of the route, and the arguments of its component."""
    stack, context = load(root, file)
    found = stack.databases["main"].route
    args = found.args("the origin", replace(context, account_id="account"))
    return found.kind, {key: value for key, value in args.items() if value is not None}


def connector(root: Path, file: dict[str, Any]) -> Any:
    """The arguments of the connectors."""
    database = load(root, file)[0].databases["main"]
    if database.route.connector is None:
        return None
    server: Any = {"port": 5432}
    args = database.route.connector.args(FakeRoute, server, database.aws_network_of(FakeRds()))
    return {key: value for key, value in args.items() if value is not None}


# Arguments of the components.


def test_a_service_gets_the_settings(root: Path) -> None:
    file = vpc(certificateVerification="verify_ca", resolverIps=["10.0.0.2"])
    assert route(root, file) == (
        "vpc-service",
        {
            "account_id": "account",
            "origin": "the origin",
            "certificate_verification": "verify_ca",
            "resolver_ips": ["10.0.0.2"],
        },
    )


def test_a_certificate_is_verified_in_full_by_default(root: Path) -> None:
    assert route(root, vpc())[1]["certificate_verification"] == "verify_full"


def test_a_tunnel_gets_its_host_name_and_its_zone(root: Path) -> None:
    name, found = route(root, tunnel())
    assert (name, found["hostname"], found["zone_id"]) == ("access-tunnel", "tunnel.example.com", ZONE)


@pytest.mark.parametrize("kind", [vpc, tunnel])
def test_the_name_of_a_route_can_be_set(root: Path, kind: Any) -> None:
    assert route(root, kind(name="shop"))[1]["route_name"] == "shop"
    assert "route_name" not in route(root, kind())[1]


ROTATION = {"serviceTokenVersion": 3, "previousServiceTokenExpiresAt": "2026-12-01T12:00:00Z"}


@pytest.mark.parametrize("kind", [vpc, tunnel])
def test_the_token_of_the_tunnel_can_be_rotated(root: Path, kind: Any) -> None:
    assert route(root, kind(tunnelTokenVersion=2))[1]["tunnel_token_version"] == 2


def test_the_service_token_can_be_rotated(root: Path) -> None:
    found = route(root, tunnel(**ROTATION))[1]
    assert found["service_token_version"] == 3
    assert found["previous_service_token_expires_at"] == "2026-12-01T12:00:00Z"


@pytest.mark.parametrize(
    ("file", "path", "problem"),
    [
        (vpc(tunnelTokenVersion=0), "tunnelTokenVersion", "must be at least 1"),
        (vpc(tunnelId="t", connector=..., tunnelTokenVersion=2), "tunnelTokenVersion", "cannot be combined"),
        (tunnel(serviceTokenVersion=2), "previousServiceTokenExpiresAt", "is required"),
        (tunnel(**{**ROTATION, "previousServiceTokenExpiresAt": "soon"}), "previousServiceTokenExpiresAt", "RFC 3339"),
    ],
)
def test_an_invalid_rotation_is_an_error_of_the_setting(
    root: Path, file: dict[str, Any], path: str, problem: str
) -> None:
    assert problem in only_fault(root, f"{MAIN}.route.{path}", file)


def test_an_existing_tunnel_needs_no_connectors(root: Path) -> None:
    file = vpc(tunnelId="tunnel-7", connector=...)
    assert (route(root, file)[1]["tunnel_id"], connector(root, file)) == ("tunnel-7", None)


@pytest.mark.parametrize(
    ("file", "shape"),
    [
        (vpc(tunnelId="t", connector=..., resolverIps=["10.0.0.2"]), VpcServiceRouteArgs),
        (tunnel(), AccessTunnelRouteArgs),
    ],
)
def test_every_setting_is_an_argument_of_the_component(root: Path, file: dict[str, Any], shape: Any) -> None:
    assert set(route(root, file)[1]) <= set(shape.__annotations__)


def test_a_route_is_not_an_argument_of_the_database(root: Path) -> None:
    def program() -> Any:
        stack, context = settings.load(root)
        database = stack.databases["main"]
        assert isinstance(database, ExistingDatabase)
        return database.args(context)

    assert "route" not in deploy(program, config=vpc(), secret_keys=["secrets"]).result


def test_a_database_without_a_route_has_no_route_and_no_connector(root: Path) -> None:
    assert load(root, stack_file())[0].databases["main"].route is None

    def program() -> None:
        found, context = settings.load(root)
        create_database("main", found.databases["main"], context)

    run = deploy(program, config=stack_file(), secret_keys=["secrets"])
    kinds = {"VpcServiceRoute", "AccessTunnelRoute", "EcsConnector"}
    assert kinds & {entry.type.rpartition(":")[2] for entry in run.registrations} == set()


def test_connectors_of_an_instance_run_in_its_network_and_can_connect(root: Path) -> None:
    assert connector(root, rds(region="eu-central-1", tags={"team": "shop"})) == {
        "vpc_id": "vpc-0a",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "database_security_group_id": "sg-0database",
        "region": "eu-central-1",
        "tags": {"team": "shop"},
        "port": 5432,
        "public_ip": False,
        "origin": "the origin",
        "tunnel_token": "the token",
    }


def test_settings_of_the_connectors_override_the_derived_ones(root: Path) -> None:
    configured = {
        "subnetIds": ["subnet-0z"],
        "publicIp": True,
        "tasks": 3,
        "image": "mirror/cloudflared:1",
        "name": "shop",
    }
    file = rds(route={"kind": "vpc-service", "certificateVerification": "verify_ca", "connector": configured})
    found = connector(root, file)
    assert [found[key] for key in ("subnet_ids", "public_ip", "tasks", "image", "connector_name")] == list(
        configured.values()
    )
    assert found["vpc_id"] == "vpc-0a"


def test_connectors_of_another_database_run_in_the_configured_network(root: Path) -> None:
    found = connector(root, tunnel(connector=PLACE))
    assert (found["vpc_id"], "database_security_group_id" in found) == ("vpc-0b", False)
    assert set(found) <= set(EcsConnectorArgs.__annotations__)


def test_connectors_outside_the_stack_create_nothing(root: Path) -> None:
    assert connector(root, vpc()) is None


def test_a_route_leads_to_each_slot_of_the_credentials(root: Path) -> None:
    role = {"user": "app", "passwordSecret": "databases.main.url"}
    file = existing(VPC, credentials={"activeSlot": "a", "a": role, "b": {**role, "user": "other"}})

    def program() -> None:
        stack, context = settings.load(root)
        create_database("main", stack.databases["main"], context)

    outputs = {"cloudflare:index/connectivityDirectoryService:ConnectivityDirectoryService": {"serviceId": "service"}}
    run = deploy(
        program, config=file, secret_keys=["secrets"], outputs=outputs, calls={TUNNEL_TOKEN: {"token": "token"}}
    )
    origins = [entry.inputs["origin"] for entry in run.all("cloudflare:index/hyperdriveConfig:HyperdriveConfig")]
    assert {(origin["user"], origin["serviceId"]) for origin in origins} == {("app", "service"), ("other", "service")}


# Errors.


def test_a_private_database_with_a_route_is_accepted(root: Path) -> None:
    for file in (rds(), vpc(), tunnel()):
        load(root, file)


def test_a_private_database_without_a_route_is_rejected(root: Path) -> None:
    assert "got db.internal" in only_fault(root, f"{MAIN}.host", existing(...))
    assert "Set `route`, or set `network.public` to true" in only_fault(root, f"{MAIN}.network.public", rds(route=...))


def test_a_missing_kind_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.route.kind", vpc(kind=...))
    assert complaint == "is required. Set one of `access-tunnel`, `vpc-service`."


def test_an_invalid_kind_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.route.kind", vpc(kind="vpn"))
    assert complaint == "must be one of `access-tunnel`, `vpc-service`, got vpn. Set one of them."


def test_a_setting_of_the_other_kind_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.route.hostname", vpc(hostname="db.example.com"))
    assert "is unknown." in complaint
    assert "`resolverIps`" in complaint


@pytest.mark.parametrize("part", ["hostname", "zoneId"])
def test_an_incomplete_tunnel_is_rejected(root: Path, part: str) -> None:
    assert only_fault(root, f"{MAIN}.route.{part}", tunnel(**{part: ...})) == "is required. Set it."


@pytest.mark.parametrize("file", [vpc(connector=...), tunnel(connector=...)], ids=["vpc", "tunnel"])
def test_a_connector_is_always_required(root: Path, file: dict[str, Any]) -> None:
    complaint = only_fault(root, f"{MAIN}.route.connector", file)
    assert complaint.startswith("is required, because a route needs a connector")
    assert "Set `ecs`" in complaint


def test_an_invalid_connector_is_rejected(root: Path) -> None:
    assert list(faults(root, vpc(connector="kubernetes"))) == [f"{MAIN}.route.connector"]


def test_a_connector_together_with_an_existing_tunnel_is_rejected(root: Path) -> None:
    file = vpc(tunnelId="tunnel-7", connector=PLACE)
    assert "cannot be combined with `tunnelId`" in only_fault(root, f"{MAIN}.route.connector", file)


def test_connectors_without_a_network_are_rejected(root: Path) -> None:
    assert "`connector: {vpcId: …, subnetIds: […]}`" in only_fault(
        root, f"{MAIN}.route.connector", vpc(connector="ecs")
    )


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("tasks", 0, "must be at least 1, got 0."),
        ("image", "cloudflare/cloudflared", "with a version other than `latest`"),
        ("vpc", "vpc-0a", "Did you mean `vpcId`?"),
    ],
)
def test_an_error_of_the_connectors_has_its_path(root: Path, setting: str, value: Any, complaint: str) -> None:
    file = vpc(connector={**PLACE, setting: value})
    assert complaint in only_fault(root, f"{MAIN}.route.connector.{setting}", file)


def test_an_invalid_verification_is_rejected(root: Path) -> None:
    complaint = only_fault(root, f"{MAIN}.route.certificateVerification", vpc(certificateVerification="full"))
    assert complaint == "must be 'verify_full', 'verify_ca' or 'disabled', got full. Set one of them."


def test_full_verification_of_an_instance_is_rejected_before_its_host_is_known(root: Path) -> None:
    file = rds(route={"kind": "vpc-service", "connector": "ecs"})
    complaint = only_fault(root, f"{MAIN}.route.certificateVerification", file)
    assert "has a private CA" in complaint
    assert "Set `certificateVerification`" in complaint


def test_full_verification_of_an_address_is_rejected(root: Path) -> None:
    file = existing(VPC, host="10.0.0.5")
    assert "requires a host name, got an IP address" in only_fault(root, f"{MAIN}.route.certificateVerification", file)


def test_the_form_of_a_providers_host_is_known() -> None:
    assert vendor_of(EXAMPLE_HOST) is not None


@pytest.mark.parametrize(
    ("servers", "complaint"), [([], "must have at least one IP address"), (["dns"], "contains dns")]
)
def test_invalid_resolvers_are_rejected(root: Path, servers: list[str], complaint: str) -> None:
    assert complaint in only_fault(root, f"{MAIN}.route.resolverIps", vpc(resolverIps=servers))


def test_tls_together_with_a_service_is_rejected(root: Path) -> None:
    file = existing(VPC, hyperdrive={"connectionLimit": 10, "caching": "none", "tls": TLS})
    complaint = only_fault(root, f"{MAIN}.hyperdrive.tls", file)
    assert "Remove `hyperdrive.tls`, and set `route.certificateVerification`." in complaint


def test_tls_that_cannot_succeed_behind_a_tunnel_is_rejected(root: Path) -> None:
    file = rds(route=TUNNEL, hyperdrive={"connectionLimit": 10, "caching": "none", "tls": TLS})
    assert "Set `verify-ca`." in only_fault(root, f"{MAIN}.hyperdrive.tls.mode", file)


def test_only_the_ca_can_be_verified_behind_a_tunnel(root: Path) -> None:
    tls = {**TLS, "mode": "verify-ca"}
    load(root, rds(route=TUNNEL, hyperdrive={"connectionLimit": 10, "caching": "none", "tls": tls}))


def test_an_invalid_host_name_is_rejected(root: Path) -> None:
    assert "got example.com" in only_fault(root, f"{MAIN}.route.hostname", tunnel(hostname="example.com"))


def test_the_host_of_the_database_as_the_host_of_the_tunnel_is_rejected(root: Path) -> None:
    file = existing({**TUNNEL, "hostname": "db.example.com"}, host="db.example.com")
    assert "is the host of the database" in only_fault(root, f"{MAIN}.route.hostname", file)


def test_the_name_of_a_zone_as_its_id_is_rejected(root: Path) -> None:
    assert "32 hexadecimal digits" in only_fault(root, f"{MAIN}.route.zoneId", tunnel(zoneId="example.com"))


def test_a_route_to_a_public_database_is_rejected(root: Path) -> None:
    network = {"vpcId": "vpc-0a", "subnetIds": ["subnet-0a", "subnet-0b"], "public": True}
    assert "cannot be combined with `network.public`" in only_fault(root, f"{MAIN}.route", rds(network=network))


def test_a_route_to_a_public_database_of_a_vendor_is_rejected(root: Path) -> None:
    database = {"provider": "neon", "project": {"region": "aws-eu-central-1"}, "route": VPC}
    hyperdrive = {"connectionLimit": 5, "caching": "none"}
    file = stack_file(databases__main={**database, "hyperdrive": hyperdrive})
    assert "cannot be combined with this provider, because its databases are public" in only_fault(
        root, f"{MAIN}.route", file
    )


def test_a_second_route_is_rejected(root: Path) -> None:
    file = existing(VPC, host=..., serviceId="service")
    assert "belongs to another network route" in only_fault(root, f"{MAIN}.serviceId", file)


def test_all_errors_of_a_route_are_reported_at_once(root: Path) -> None:
    file = tunnel(hostname="x", zoneId="y", connector={"tasks": 0})
    assert set(faults(root, file)) >= {
        f"{MAIN}.route.hostname",
        f"{MAIN}.route.zoneId",
        f"{MAIN}.route.connector.tasks",
    }
