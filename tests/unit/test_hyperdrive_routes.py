"""The addresses and the routes that `Hyperdrive` refuses: exactly three shapes of an origin exist."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.harness import deploy, rejected
from tests.unit.sound import CONFIG, HOST, PASSWORD, access, existing, hyperdrive, origin, unknown, vpc

Given = Callable[[Any], Any]

POOLED = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"
PUBLIC_ROUTE = "Set `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`."


# Addresses that it refuses.


def test_a_pooled_neon_host_is_rejected_with_the_direct_one_as_the_way_out(given: Given, preview: bool) -> None:
    with rejected(
        "main.origin.host: must be a direct endpoint", POOLED, "Use ep-cool-name.eu-central-1.aws.neon.tech:5432."
    ):
        deploy(lambda: hyperdrive(origin=origin(host=given(POOLED))), preview=preview)


def test_a_pooled_port_is_rejected_with_the_direct_one_as_the_way_out(given: Given, preview: bool) -> None:
    host = "shop.postgres.database.azure.com"
    with rejected("pooled endpoint", f"Use {host}:5432."):
        deploy(lambda: hyperdrive(origin=origin(host=given(host), port=given(6432))), preview=preview)


def test_a_host_that_is_stated_as_pooled_is_rejected(given: Given, preview: bool) -> None:
    with rejected("got the pooled endpoint db.example.com", "not its pooler's"):
        deploy(lambda: hyperdrive(origin=origin(endpoint=given("pooled"))), preview=preview)


def test_a_pooled_host_is_rejected_behind_a_tunnel_too(given: Given, preview: bool) -> None:
    with rejected("pooled endpoint"):
        deploy(lambda: hyperdrive(origin=access(host=given(POOLED))), preview=preview)


def test_a_pooled_host_of_a_connection_string_is_rejected(given: Given, preview: bool) -> None:
    with rejected("pooled endpoint"):
        deploy(
            lambda: hyperdrive(origin=existing(url=given(f"postgres://app:pw@{POOLED}/app")).origin), preview=preview
        )


def test_an_endpoint_that_is_no_word_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.origin.endpoint: must be `direct` or `pooled`"):
        deploy(lambda: hyperdrive(origin=origin(endpoint=given("pooler"))), preview=preview)


def test_a_public_name_that_is_stated_as_private_is_rejected(given: Given, preview: bool) -> None:
    with rejected(
        "main.origin.host: must be public, got db.example.com, which only this network can reach", "`service_id`"
    ):
        deploy(lambda: hyperdrive(origin=origin(reach=given("private"))), preview=preview)


def test_a_private_address_is_rejected_whatever_its_reach_says(given: Given, preview: bool) -> None:
    with rejected("main.origin.host: must be public, got 10.0.0.5, which only this network can reach"):
        deploy(lambda: hyperdrive(origin=origin(host="10.0.0.5", reach=given("public"))), preview=preview)


@pytest.mark.parametrize(
    ("leaves", "complaint"),
    [
        (
            {"reach": "private"},
            "main.origin.reach: is private; Hyperdrive connects from the Internet and needs a network route.",
        ),
        ({"endpoint": "pooled"}, "main.origin.endpoint: is a pooled endpoint; Hyperdrive is a transaction pooler"),
    ],
)
def test_what_no_host_can_mend_is_rejected_in_a_preview_that_does_not_know_it(
    leaves: dict[str, str], complaint: str
) -> None:
    with rejected(complaint):
        deploy(lambda: hyperdrive(origin=origin(host=unknown(), **leaves)), preview=True)


def test_a_reach_that_is_no_word_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.origin.reach: must be `public` or `private`, got internal."):
        deploy(lambda: hyperdrive(origin=origin(reach=given("internal"))), preview=preview)


def test_a_host_that_is_stated_as_public_is_taken(given: Given) -> None:
    assert (
        deploy(lambda: hyperdrive(origin=origin(reach=given("public"))) and None).one(CONFIG).inputs["origin"]["host"]
    )


def test_a_private_database_behind_a_tunnel_is_taken(given: Given) -> None:
    assert (
        deploy(lambda: hyperdrive(origin=access(reach=given("private"))) and None).one(CONFIG).inputs["origin"]["host"]
    )


def test_a_password_that_somebody_else_rotates_is_rejected(given: Given, preview: bool) -> None:
    with rejected("main.origin.password: is rotated by its vendor", "locked out"):
        deploy(lambda: hyperdrive(origin=origin(password_rotates=given(True))), preview=preview)


def test_a_password_that_rotates_is_rejected_in_a_preview_that_does_not_know_it_yet() -> None:
    with rejected("main.origin.password: is rotated by its vendor"):
        deploy(lambda: hyperdrive(origin=origin(password=unknown(), password_rotates=True)), preview=True)


def test_a_password_that_stays_is_taken(given: Given) -> None:
    run = deploy(lambda: hyperdrive(origin=origin(password_rotates=given(False))) and None)
    assert run.one(CONFIG).inputs["origin"]["password"] == PASSWORD
    assert "origin.password" in run.one(CONFIG).secrets


@pytest.mark.parametrize("host", ["10.0.0.5", "db.internal", "postgres"])
def test_a_private_host_without_a_route_is_rejected(host: str, given: Given, preview: bool) -> None:
    with rejected(
        f"main.origin.host: must be public, got {host}, which only this network can reach",
        "`service_id`",
        "`access_client_id`",
    ):
        deploy(lambda: hyperdrive(origin=origin(host=given(host))), preview=preview)


@pytest.mark.parametrize("host", ["localhost", "::1"])
def test_a_loopback_host_is_rejected(host: str, given: Given, preview: bool) -> None:
    with rejected(f"main.origin.host: must be public, got {host}, which only this machine can reach"):
        deploy(lambda: hyperdrive(origin=origin(host=given(host))), preview=preview)


def test_allowing_loopback_allows_no_private_host() -> None:
    with rejected("must be public, got 10.0.0.5, which only this network can reach"):
        deploy(lambda: hyperdrive(origin=origin(host="10.0.0.5"), allow_loopback=True))


@pytest.mark.parametrize("route", [origin, access])
@pytest.mark.parametrize("host", [f"postgres://app:{PASSWORD}@localhost/app", f"postgres://app:{PASSWORD}@{POOLED}"])
def test_a_connection_string_in_the_place_of_a_host_is_rejected_and_not_shown(
    host: str, route: Any, given: Given, preview: bool
) -> None:
    with pytest.raises(pulumi.RunError, match=r"main.origin.host: must be a host name or an IP address") as refused:
        deploy(lambda: hyperdrive(origin=route(host=given(host))), preview=preview)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_rejected(port: int, given: Given, preview: bool) -> None:
    with rejected(f"main.origin.port: must be from 1 to 65535, got {port}", "from 1 to 65535"):
        deploy(lambda: hyperdrive(origin=origin(port=given(port))), preview=preview)


@pytest.mark.parametrize("port", [5432.5, float("nan"), float("inf")])
def test_a_port_that_is_no_whole_number_is_rejected(port: float, given: Given) -> None:
    with rejected(f"main.origin.port: must be an integer, got {port:g}."):
        deploy(lambda: hyperdrive(origin=origin(port=given(port))))


def test_a_port_that_is_a_text_is_rejected(given: Given) -> None:
    with rejected("main.origin.port: must be a number"):
        deploy(lambda: hyperdrive(origin=origin(port=given("5432"))))


# Routes: exactly three shapes.


@pytest.mark.parametrize("part", ["host", "port"])
def test_half_an_address_is_rejected(part: str, preview: bool) -> None:
    with rejected(f"main.origin.{part}: is required", PUBLIC_ROUTE):
        deploy(lambda: hyperdrive(origin=origin(**{part: ...})), preview=preview)


@pytest.mark.parametrize("part", ["host", "access_client_id", "access_client_secret"])
def test_a_tunnel_without_one_of_its_parts_is_rejected(part: str, preview: bool) -> None:
    with rejected(f"main.origin.{part}: is required", PUBLIC_ROUTE):
        deploy(lambda: hyperdrive(origin=access(**{part: ...})), preview=preview)


def test_a_tunnel_with_a_port_is_rejected(preview: bool) -> None:
    with rejected("main.origin.access_client_id: cannot be combined with `port`", "Omit `port`"):
        deploy(lambda: hyperdrive(origin=access(port=5432)), preview=preview)


def test_half_a_token_with_a_port_is_rejected() -> None:
    with rejected("cannot be combined with `port`"):
        deploy(lambda: hyperdrive(origin=origin(access_client_secret="x")))


@pytest.mark.parametrize("other", ["host", "port", "access_client_id", "access_client_secret"])
def test_a_vpc_service_beside_a_part_of_another_route_is_rejected(other: str, preview: bool) -> None:
    with rejected(f"main.origin.service_id: cannot be combined with `{other}`", "or `service_id` alone"):
        deploy(lambda: hyperdrive(origin=vpc(**{other: "x"})), preview=preview)


def test_a_route_that_is_not_known_yet_is_rejected_by_its_shape() -> None:
    with rejected("main.origin.service_id: cannot be combined with `host`"):
        deploy(lambda: hyperdrive(origin=vpc(service_id=unknown(), host=HOST)), preview=True)
