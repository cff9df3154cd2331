"""Addresses and network routes that `Hyperdrive` rejects. An origin has one of three shapes."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.harness import deploy, rejected
from tests.unit.sound import CONFIG, HOST, PASSWORD, access, existing, hyperdrive, origin, unknown, vpc

Given = Callable[[Any], Any]

POOLED = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"
PUBLIC_ROUTE = "Set `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`."


# Rejected addresses.


def test_a_pooled_neon_host_is_rejected_with_the_direct_host_as_the_fix(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.origin.host: must be a direct endpoint",
        POOLED,
        "Use the direct endpoint ep-cool-name.eu-central-1.aws.neon.tech:5432.",
    ):
        deploy(lambda: hyperdrive(origin=origin(host=given(POOLED))), preview=preview)


def test_a_pooled_port_is_rejected_with_the_direct_port_as_the_fix(given: Given, preview: bool) -> None:
    host = "shop.postgres.database.azure.com"
    with rejected("pooled endpoint", f"Use the direct endpoint {host}:5432."):
        deploy(lambda: hyperdrive(origin=origin(host=given(host), port=given(6432))), preview=preview)


def test_a_host_with_a_pooled_endpoint_is_rejected(given: Given, preview: bool) -> None:
    with rejected("got the pooled endpoint db.example.com", "not of its pooler"):
        deploy(lambda: hyperdrive(origin=origin(endpoint=given("pooled"))), preview=preview)


def test_a_pooled_host_is_rejected_behind_a_tunnel_too(given: Given, preview: bool) -> None:
    with rejected("pooled endpoint"):
        deploy(lambda: hyperdrive(origin=access(host=given(POOLED))), preview=preview)


def test_a_pooled_host_of_a_connection_string_is_rejected(given: Given, preview: bool) -> None:
    with rejected("pooled endpoint"):
        deploy(
            lambda: hyperdrive(origin=existing(url=given(f"postgres://app:pw@{POOLED}/app")).origin), preview=preview
        )


def test_an_invalid_endpoint_is_rejected(given: Given, preview: bool) -> None:
    with rejected("Hyperdrive `main`.origin.endpoint: must be `direct` or `pooled`"):
        deploy(lambda: hyperdrive(origin=origin(endpoint=given("pooler"))), preview=preview)


def test_a_public_name_with_a_private_reach_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.origin.host: must be public, got db.example.com, which only a private network can reach",
        "`service_id`",
    ):
        deploy(lambda: hyperdrive(origin=origin(reach=given("private"))), preview=preview)


def test_a_private_address_is_rejected_with_a_public_reach_too(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.origin.host: must be public, got 10.0.0.5, which only a private network can reach"
    ):
        deploy(lambda: hyperdrive(origin=origin(host="10.0.0.5", reach=given("public"))), preview=preview)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"reach": "private"},
            "Hyperdrive `main`.origin.reach: is private; Hyperdrive connects from the Internet and "
            "needs a network route.",
        ),
        (
            {"endpoint": "pooled"},
            "Hyperdrive `main`.origin.endpoint: is a pooled endpoint; Hyperdrive is a transaction pooler",
        ),
    ],
)
def test_an_error_of_every_host_is_reported_while_the_host_is_unknown(fields: dict[str, str], message: str) -> None:
    with rejected(message):
        deploy(lambda: hyperdrive(origin=origin(host=unknown(), **fields)), preview=True)


def test_an_invalid_reach_is_rejected(given: Given, preview: bool) -> None:
    with rejected("Hyperdrive `main`.origin.reach: must be `public` or `private`, got internal."):
        deploy(lambda: hyperdrive(origin=origin(reach=given("internal"))), preview=preview)


def test_a_host_with_a_public_reach_is_accepted(given: Given) -> None:
    assert (
        deploy(lambda: hyperdrive(origin=origin(reach=given("public"))) and None).one(CONFIG).inputs["origin"]["host"]
    )


def test_a_private_database_behind_a_tunnel_is_accepted(given: Given) -> None:
    assert (
        deploy(lambda: hyperdrive(origin=access(reach=given("private"))) and None).one(CONFIG).inputs["origin"]["host"]
    )


def test_a_password_that_the_vendor_rotates_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "Hyperdrive `main`.origin.password: is rotated by its vendor",
        "Hyperdrive would keep an outdated copy",
        "`rotation_sync`",
    ):
        deploy(lambda: hyperdrive(origin=origin(password_rotates=given(True))), preview=preview)


def test_a_password_that_the_vendor_rotates_is_rejected_while_it_is_unknown() -> None:
    with rejected("Hyperdrive `main`.origin.password: is rotated by its vendor"):
        deploy(lambda: hyperdrive(origin=origin(password=unknown(), password_rotates=True)), preview=True)


def test_a_password_that_is_not_rotated_is_accepted(given: Given) -> None:
    run = deploy(lambda: hyperdrive(origin=origin(password_rotates=given(False))) and None)
    assert run.one(CONFIG).inputs["origin"]["password"] == PASSWORD
    assert "origin.password" in run.one(CONFIG).secrets


@pytest.mark.parametrize("host", ["10.0.0.5", "db.internal", "postgres"])
def test_a_private_host_without_a_route_is_rejected(host: str, given: Given, preview: bool) -> None:
    with rejected(
        f"Hyperdrive `main`.origin.host: must be public, got {host}, which only a private network can reach",
        "`service_id`",
        "`access_client_id`",
    ):
        deploy(lambda: hyperdrive(origin=origin(host=given(host))), preview=preview)


@pytest.mark.parametrize("host", ["localhost", "::1"])
def test_a_loopback_host_is_rejected(host: str, given: Given, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.origin.host: must be public, got {host}, which only this machine can reach"):
        deploy(lambda: hyperdrive(origin=origin(host=given(host))), preview=preview)


def test_allowing_loopback_allows_no_private_host() -> None:
    with rejected("must be public, got 10.0.0.5, which only a private network can reach"):
        deploy(lambda: hyperdrive(origin=origin(host="10.0.0.5"), allow_loopback=True))


@pytest.mark.parametrize("route", [origin, access])
@pytest.mark.parametrize("host", [f"postgres://app:{PASSWORD}@localhost/app", f"postgres://app:{PASSWORD}@{POOLED}"])
def test_a_connection_string_as_a_host_is_rejected_and_not_shown(
    host: str, route: Any, given: Given, preview: bool
) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"Hyperdrive `main`.origin.host: must be a host name or an IP address"
    ) as error:
        deploy(lambda: hyperdrive(origin=route(host=given(host))), preview=preview)
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_rejected(port: int, given: Given, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.origin.port: must be from 1 to 65535, got {port}", "from 1 to 65535"):
        deploy(lambda: hyperdrive(origin=origin(port=given(port))), preview=preview)


@pytest.mark.parametrize("port", [5432.5, float("nan"), float("inf")])
def test_a_port_that_is_not_an_integer_is_rejected(port: float, given: Given) -> None:
    with rejected(f"Hyperdrive `main`.origin.port: must be an integer, got {port:g}."):
        deploy(lambda: hyperdrive(origin=origin(port=given(port))))


def test_a_port_that_is_a_string_is_rejected(given: Given) -> None:
    with rejected("Hyperdrive `main`.origin.port: must be a number, got a string. Set a number without quotes."):
        deploy(lambda: hyperdrive(origin=origin(port=given("5432"))))


# The three shapes of an origin.


@pytest.mark.parametrize("part", ["host", "port"])
def test_an_incomplete_address_is_rejected(part: str, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.origin.{part}: is required", PUBLIC_ROUTE):
        deploy(lambda: hyperdrive(origin=origin(**{part: ...})), preview=preview)


@pytest.mark.parametrize("part", ["host", "access_client_id", "access_client_secret"])
def test_a_tunnel_without_one_of_its_parts_is_rejected(part: str, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.origin.{part}: is required", PUBLIC_ROUTE):
        deploy(lambda: hyperdrive(origin=access(**{part: ...})), preview=preview)


def test_a_tunnel_with_a_port_is_rejected(preview: bool) -> None:
    with rejected("Hyperdrive `main`.origin.access_client_id: cannot be combined with `port`", "Omit `port`"):
        deploy(lambda: hyperdrive(origin=access(port=5432)), preview=preview)


def test_an_incomplete_token_with_a_port_is_rejected() -> None:
    with rejected("cannot be combined with `port`"):
        deploy(lambda: hyperdrive(origin=origin(access_client_secret="x")))


@pytest.mark.parametrize("other", ["host", "port", "access_client_id", "access_client_secret"])
def test_a_vpc_service_with_a_part_of_another_route_is_rejected(other: str, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.origin.service_id: cannot be combined with `{other}`", "or `service_id` alone"):
        deploy(lambda: hyperdrive(origin=vpc(**{other: 5432 if other == "port" else "x"})), preview=preview)


def test_an_origin_with_fields_of_two_routes_is_rejected_as_soon_as_the_route_is_known(preview: bool) -> None:
    with rejected("Hyperdrive `main`.origin.service_id: cannot be combined with `host`"):
        deploy(lambda: hyperdrive(origin=vpc(service_id=pulumi.Output.from_input("svc"), host=HOST)), preview=preview)
