"""`Hyperdrive`: what it sends, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from tests.harness import deploy, refusal
from tests.unit.sound import ACCOUNT, CONFIG, HOST, PASSWORD, access, existing, hyperdrive, origin, vpc

Given = Callable[[Any], Any]

POOLED = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"
PUBLIC_ROUTE = "Give `host` and `port`, or `host`, `access_client_id` and `access_client_secret`, or `service_id`."


def sent(preview: bool = False, **changes: Any) -> dict[str, Any]:
    """The inputs of the configuration."""
    return deploy(lambda: hyperdrive(**changes), preview=preview).one(CONFIG).inputs


def unknown() -> pulumi.Output[str]:
    """A value that a preview does not know."""
    return random.RandomPet("unknown").id


# What it sends.


def test_exactly_this_is_sent_for_a_public_origin(preview: bool) -> None:
    assert sent(preview) == {
        "accountId": ACCOUNT,
        "name": "main",
        "origin": {
            "scheme": "postgres",
            "host": HOST,
            "port": 5432.0,
            "database": "app",
            "user": "app",
            "password": PASSWORD,
        },
        "originConnectionLimit": 10.0,
        "caching": {"disabled": True},
    }


def test_exactly_this_is_sent_for_an_origin_behind_a_tunnel(preview: bool) -> None:
    assert sent(preview, origin=access())["origin"] == {
        "scheme": "postgres",
        "host": HOST,
        "accessClientId": "token.access",
        "accessClientSecret": "token-secret",
        "database": "app",
        "user": "app",
        "password": PASSWORD,
    }


def test_exactly_this_is_sent_for_an_origin_behind_a_vpc_service(preview: bool) -> None:
    assert sent(preview, origin=vpc())["origin"] == {
        "scheme": "postgres",
        "serviceId": "service",
        "database": "app",
        "user": "app",
        "password": PASSWORD,
    }


def test_a_plain_value_and_an_output_are_sent_alike(given: Given, preview: bool) -> None:
    def program() -> None:
        leaves = {key: given(value) for key, value in origin(sslmode="require", max_connections=100).items()}
        caching = {"max_age": given(60), "stale_while_revalidate": given(15)}
        hyperdrive(account_id=given(ACCOUNT), origin=leaves, connection_limit=given(10), caching=caching)

    plain = sent(
        origin=origin(sslmode="require", max_connections=100), caching={"max_age": 60, "stale_while_revalidate": 15}
    )
    assert deploy(program, preview=preview).one(CONFIG).inputs == plain


def test_an_awaitable_is_sent_like_its_value() -> None:
    async def limit() -> int:
        return 10

    assert deploy(lambda: hyperdrive(connection_limit=limit())).one(CONFIG).inputs == sent()


def test_the_password_is_the_only_secret(preview: bool) -> None:
    assert deploy(hyperdrive, preview=preview).one(CONFIG).secrets == {"origin.password"}


def test_behind_a_tunnel_the_client_secret_is_a_secret_too() -> None:
    secrets = deploy(lambda: hyperdrive(origin=access())).one(CONFIG).secrets
    assert secrets == {"origin.password", "origin.accessClientSecret"}


def test_what_a_secret_connection_string_holds_travels_as_secrets() -> None:
    def program() -> None:
        hyperdrive(origin=existing(url=pulumi.Output.secret("postgres://app:pw@db.example.com/app")).origin)

    assert deploy(program).one(CONFIG).secrets == {
        f"origin.{leaf}" for leaf in ("host", "port", "database", "user", "password")
    }


@pytest.mark.parametrize("port", [5432, 5432.0])
def test_the_port_is_a_whole_number(port: float, given: Given) -> None:
    # A float that is whole looks the same on the wire: what the resource is given is what counts.
    rendered = deploy(lambda: {"port": rendered_port(given(port))}).exports["port"].value
    assert repr(rendered) == "5432"


def rendered_port(port: Any) -> Any:
    from components.hyperdrive import rendered_origin

    return rendered_origin("main", origin(port=port), allow_loopback=False)["port"]


@pytest.mark.parametrize("route", [origin, access, vpc])
def test_limit_and_caching_are_sent_with_every_route(route: Any) -> None:
    assert {"originConnectionLimit", "caching"} <= set(sent(origin=route()))


def test_ages_are_sent_with_caching_spelled_out(given: Given) -> None:
    caching = {"max_age": 3600, "stale_while_revalidate": 0}
    run = deploy(lambda: hyperdrive(caching={key: given(value) for key, value in caching.items()}))
    assert run.one(CONFIG).inputs["caching"] == {"disabled": False, "maxAge": 3600.0, "staleWhileRevalidate": 0.0}


def test_caching_that_is_not_disabled_needs_its_ages() -> None:
    caching = {"disabled": False, "max_age": 60, "stale_while_revalidate": 15}
    assert sent(caching=caching)["caching"] == {"disabled": False, "maxAge": 60.0, "staleWhileRevalidate": 15.0}


def test_tls_that_nobody_states_is_not_sent() -> None:
    assert "mtls" not in sent()


def test_tls_that_a_secret_connection_string_does_not_state_is_not_sent(given: Given) -> None:
    def program() -> None:
        hyperdrive(origin=existing(url=given("postgres://app:pw@db.example.com/app")).origin)

    assert "mtls" not in deploy(program).one(CONFIG).inputs


def test_stated_encryption_is_sent(given: Given, preview: bool) -> None:
    run = deploy(lambda: hyperdrive(origin=origin(sslmode=given("require"))), preview=preview)
    assert run.one(CONFIG).inputs["mtls"] == {"sslmode": "require"}


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verify_mode_is_sent_with_its_ca(mode: str, given: Given, preview: bool) -> None:
    leaves = {"sslmode": mode, "ca_certificate_id": "ca"}
    run = deploy(
        lambda: hyperdrive(origin=origin(**{key: given(leaf) for key, leaf in leaves.items()})), preview=preview
    )
    assert run.one(CONFIG).inputs["mtls"] == {"sslmode": mode, "caCertificateId": "ca"}


def test_a_name_of_its_own_is_sent() -> None:
    assert sent(config_name="shop-prod-main")["name"] == "shop-prod-main"


def test_a_loopback_host_is_sent_where_it_is_allowed() -> None:
    assert sent(origin=origin(host="127.0.0.1"), allow_loopback=True)["origin"]["host"] == "127.0.0.1"


def test_an_ipv6_address_is_sent_without_brackets() -> None:
    assert sent(origin=origin(host="2606:4700::1"))["origin"]["host"] == "2606:4700::1"


@pytest.mark.parametrize("host", ["10.0.0.5", "db.internal", "localhost"])
def test_behind_a_tunnel_any_host_is_taken(host: str) -> None:
    assert sent(origin=access(host=host))["origin"]["host"] == host


def test_a_stated_direct_endpoint_counts_for_more_than_what_the_name_tells() -> None:
    assert sent(origin=origin(host=POOLED, endpoint="direct"))["origin"]["host"] == POOLED


def test_none_counts_as_left_out() -> None:
    nothing = dict.fromkeys(
        ["sslmode", "ca_certificate_id", "endpoint", "service_id", "access_client_id", "max_connections"]
    )
    assert sent(origin={**origin(), **nothing}, plan=None, config_name=None, connection_ceiling=None) == sent()


def test_id_and_limit_are_its_outputs() -> None:
    def program() -> dict[str, Any]:
        made = hyperdrive(connection_limit=20.0)
        return {"id": made.hyperdrive_id, "limit": made.connection_limit}

    exports = deploy(program).exports
    assert (exports["id"].value, exports["limit"].value) == ("main-config-id", 20)


# Addresses that it refuses.


def test_a_pooled_neon_host_is_refused_with_the_direct_one_as_the_way_out(given: Given, preview: bool) -> None:
    with refusal(
        "`main.origin.host` is", POOLED, "a pooled endpoint", "Take ep-cool-name.eu-central-1.aws.neon.tech:5432."
    ):
        deploy(lambda: hyperdrive(origin=origin(host=given(POOLED))), preview=preview)


def test_a_pooled_port_is_refused_with_the_direct_one_as_the_way_out(given: Given, preview: bool) -> None:
    host = "shop.postgres.database.azure.com"
    with refusal("a pooled endpoint", f"Take {host}:5432."):
        deploy(lambda: hyperdrive(origin=origin(host=given(host), port=given(6432))), preview=preview)


def test_a_host_that_is_stated_as_pooled_is_refused(given: Given, preview: bool) -> None:
    with refusal("`main.origin.host` is db.example.com, a pooled endpoint", "not its pooler's"):
        deploy(lambda: hyperdrive(origin=origin(endpoint=given("pooled"))), preview=preview)


def test_a_pooled_host_is_refused_behind_a_tunnel_too(given: Given, preview: bool) -> None:
    with refusal("a pooled endpoint"):
        deploy(lambda: hyperdrive(origin=access(host=given(POOLED))), preview=preview)


def test_a_pooled_host_of_a_connection_string_is_refused(given: Given, preview: bool) -> None:
    with refusal("a pooled endpoint"):
        deploy(
            lambda: hyperdrive(origin=existing(url=given(f"postgres://app:pw@{POOLED}/app")).origin), preview=preview
        )


def test_an_endpoint_that_is_no_word_is_refused(given: Given, preview: bool) -> None:
    with refusal("`main.origin.endpoint` is pooler", "Say `direct` or `pooled`."):
        deploy(lambda: hyperdrive(origin=origin(endpoint=given("pooler"))), preview=preview)


@pytest.mark.parametrize("host", ["10.0.0.5", "db.internal", "postgres"])
def test_a_private_host_without_a_route_is_refused(host: str, given: Given, preview: bool) -> None:
    with refusal(
        f"`main.origin.host` is {host}, which only this network can reach", "`service_id`", "`access_client_id`"
    ):
        deploy(lambda: hyperdrive(origin=origin(host=given(host))), preview=preview)


@pytest.mark.parametrize("host", ["localhost", "::1"])
def test_a_loopback_host_is_refused(host: str, given: Given, preview: bool) -> None:
    with refusal(f"`main.origin.host` is {host}, which only this machine can reach"):
        deploy(lambda: hyperdrive(origin=origin(host=given(host))), preview=preview)


def test_allowing_loopback_allows_no_private_host() -> None:
    with refusal("is 10.0.0.5, which only this network can reach"):
        deploy(lambda: hyperdrive(origin=origin(host="10.0.0.5"), allow_loopback=True))


@pytest.mark.parametrize("route", [origin, access])
@pytest.mark.parametrize("host", [f"postgres://app:{PASSWORD}@localhost/app", f"postgres://app:{PASSWORD}@{POOLED}"])
def test_a_connection_string_in_the_place_of_a_host_is_refused_and_not_shown(
    host: str, route: Any, given: Given, preview: bool
) -> None:
    with pytest.raises(pulumi.RunError, match=r"`main.origin.host` is no host name and no IP address") as refused:
        deploy(lambda: hyperdrive(origin=route(host=given(host))), preview=preview)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_refused(port: int, given: Given, preview: bool) -> None:
    with refusal(f"`main.origin.port` is {port}", "from 1 to 65535"):
        deploy(lambda: hyperdrive(origin=origin(port=given(port))), preview=preview)


@pytest.mark.parametrize("port", [5432.5, float("nan"), float("inf")])
def test_a_port_that_is_no_whole_number_is_refused(port: float, given: Given) -> None:
    with refusal(f"`main.origin.port` is {port:g}. Use a whole number."):
        deploy(lambda: hyperdrive(origin=origin(port=given(port))))


def test_a_port_that_is_a_text_is_refused(given: Given) -> None:
    with refusal("`main.origin.port` is no number"):
        deploy(lambda: hyperdrive(origin=origin(port=given("5432"))))


# Routes: exactly three shapes.


@pytest.mark.parametrize("part", ["host", "port"])
def test_half_an_address_is_refused(part: str, preview: bool) -> None:
    with refusal(f"`main.origin.{part}` is not given", PUBLIC_ROUTE):
        deploy(lambda: hyperdrive(origin=origin(**{part: ...})), preview=preview)


@pytest.mark.parametrize("part", ["host", "access_client_id", "access_client_secret"])
def test_a_tunnel_without_one_of_its_parts_is_refused(part: str, preview: bool) -> None:
    with refusal(f"`main.origin.{part}` is not given", PUBLIC_ROUTE):
        deploy(lambda: hyperdrive(origin=access(**{part: ...})), preview=preview)


def test_a_tunnel_with_a_port_is_refused(preview: bool) -> None:
    with refusal("`main.origin.access_client_id` stands beside `port`", "Leave `port` out"):
        deploy(lambda: hyperdrive(origin=access(port=5432)), preview=preview)


def test_half_a_token_with_a_port_is_refused() -> None:
    with refusal("stands beside `port`"):
        deploy(lambda: hyperdrive(origin=origin(access_client_secret="x")))


@pytest.mark.parametrize("other", ["host", "port", "access_client_id", "access_client_secret"])
def test_a_vpc_service_beside_a_part_of_another_route_is_refused(other: str, preview: bool) -> None:
    with refusal("`main.origin.service_id` stands beside", f"`{other}`", "or a service alone"):
        deploy(lambda: hyperdrive(origin=vpc(**{other: "x"})), preview=preview)


def test_a_route_that_is_not_known_yet_is_refused_by_its_shape() -> None:
    with refusal("`main.origin.service_id` stands beside `host`"):
        deploy(lambda: hyperdrive(origin=vpc(service_id=unknown(), host=HOST)), preview=True)


# TLS.


@pytest.mark.parametrize("mode", ["disable", "prefer", ""])
def test_a_tls_mode_that_hyperdrive_does_not_speak_is_refused(mode: str, given: Given, preview: bool) -> None:
    with refusal(f"`main.origin.sslmode` is {mode}; Hyperdrive always uses TLS", "`require`", "`verify-full`"):
        deploy(lambda: hyperdrive(origin=origin(sslmode=given(mode))), preview=preview)


def test_a_tls_mode_is_refused_although_the_ca_is_not_known_yet() -> None:
    with refusal("is disable; Hyperdrive always uses TLS"):
        deploy(lambda: hyperdrive(origin=origin(sslmode="disable", ca_certificate_id=unknown())), preview=True)


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verify_mode_without_a_ca_is_refused_with_both_ways_out(mode: str, given: Given, preview: bool) -> None:
    with refusal(f"`main.origin.sslmode` is {mode}", "an uploaded CA only", "`ca_certificate_id`", "`require`"):
        deploy(lambda: hyperdrive(origin=origin(sslmode=given(mode))), preview=preview)


def test_a_verify_mode_of_a_connection_string_without_a_ca_is_refused(given: Given, preview: bool) -> None:
    url = f"postgres://app:pw@{HOST}/app?sslmode=verify-full"
    with refusal("`main.origin.sslmode` is verify-full"):
        deploy(lambda: hyperdrive(origin=existing(url=given(url)).origin), preview=preview)


@pytest.mark.parametrize(("mode", "shown"), [("require", "require"), (None, "not stated")])
def test_a_ca_without_a_verify_mode_is_refused(mode: str | None, shown: str, given: Given, preview: bool) -> None:
    with refusal(f"`main.origin.sslmode` is {shown} beside `ca_certificate_id`", "Say `verify-ca` or `verify-full`"):
        deploy(lambda: hyperdrive(origin=origin(sslmode=mode, ca_certificate_id=given("ca"))), preview=preview)


@pytest.mark.parametrize("leaf", [{"sslmode": "require"}, {"ca_certificate_id": "ca"}])
def test_tls_beside_a_vpc_service_is_refused(leaf: dict[str, str], preview: bool) -> None:
    with refusal("`main.origin.sslmode` stands beside `service_id`", "TLS settings of its own"):
        deploy(lambda: hyperdrive(origin=vpc(**leaf)), preview=preview)


# Connections.


def test_a_limit_below_the_floor_is_refused(given: Given, preview: bool) -> None:
    with refusal("`main.connection_limit` is 4", "at least 5", "Use a whole number of 5 or more."):
        deploy(lambda: hyperdrive(connection_limit=given(4)), preview=preview)


@pytest.mark.parametrize(("plan", "limit", "ceiling"), [("free", 21, 20), ("paid", 1501, 1500), (None, 1501, 1500)])
def test_a_limit_above_the_plans_ceiling_is_refused(
    plan: str | None, limit: int, ceiling: int, given: Given, preview: bool
) -> None:
    with refusal(f"`main.connection_limit` is {limit}", f"may open {ceiling}"):
        deploy(lambda: hyperdrive(connection_limit=given(limit), plan=plan), preview=preview)


def test_a_ceiling_of_ones_own_takes_the_place_of_the_plans(given: Given, preview: bool) -> None:
    run = deploy(lambda: hyperdrive(connection_limit=50, plan="free", connection_ceiling=given(50)), preview=preview)
    assert run.one(CONFIG).inputs["originConnectionLimit"] == 50


def test_a_limit_that_leaves_the_database_no_connection_is_refused(given: Given, preview: bool) -> None:
    with refusal("`main.connection_limit` is 10", "accepts 10 connections, 9 of them usable", "Use 9 or less"):
        deploy(lambda: hyperdrive(origin=origin(max_connections=given(10))), preview=preview)


def test_a_limit_that_takes_reserved_connections_is_refused(given: Given, preview: bool) -> None:
    leaves = {"max_connections": 20, "reserved_connections": 11}
    with refusal("is 10", "9 of them usable"):
        deploy(lambda: hyperdrive(origin=origin(**{key: given(leaf) for key, leaf in leaves.items()})), preview=preview)


def test_the_database_s_connections_travel_with_an_existing_origin(given: Given, preview: bool) -> None:
    with refusal("is 10", "accepts 10 connections"):
        deploy(
            lambda: hyperdrive(
                origin=existing(url="postgres://app:pw@db.example.com/app", max_connections=given(10)).origin
            ),
            preview=preview,
        )


def test_a_limit_is_refused_although_the_database_is_not_known_yet() -> None:
    with refusal("`main.connection_limit` is 4"):
        deploy(lambda: hyperdrive(connection_limit=4, origin=origin(max_connections=unknown())), preview=True)


def test_a_plan_that_does_not_exist_is_refused() -> None:
    with refusal("`main.plan` is enterprise. Use one of `free`, `paid`."):
        deploy(lambda: hyperdrive(plan="enterprise"))


# Caching.


@pytest.mark.parametrize(
    "caching",
    [{}, {"disabled": False}, {"max_age": 60}, {"stale_while_revalidate": 15}, {"max_age": 60, "disabled": False}],
)
def test_caching_that_is_half_stated_is_refused(caching: dict[str, Any], preview: bool) -> None:
    with refusal("`main.caching` is not stated", "Say `disabled`, or both", "as old as their sum"):
        deploy(lambda: hyperdrive(caching=caching), preview=preview)


@pytest.mark.parametrize("age", ["max_age", "stale_while_revalidate"])
def test_an_age_of_no_cache_is_refused(age: str, given: Given, preview: bool) -> None:
    with refusal("`main.caching` is disabled and states an age"):
        deploy(lambda: hyperdrive(caching={"disabled": True, age: given(60)}), preview=preview)


@pytest.mark.parametrize("age", [0, -1, 3601])
def test_an_age_out_of_range_is_refused(age: int, given: Given, preview: bool) -> None:
    with refusal(f"`main.caching.max_age` is {age} s", "at most 3600 s"):
        deploy(lambda: hyperdrive(caching={"max_age": given(age), "stale_while_revalidate": 15}), preview=preview)


def test_a_stale_age_below_zero_is_refused(given: Given, preview: bool) -> None:
    with refusal("`main.caching.stale_while_revalidate` is -1 s", "0 or more"):
        deploy(lambda: hyperdrive(caching={"max_age": 60, "stale_while_revalidate": given(-1)}), preview=preview)


@pytest.mark.parametrize("key", ["max_age", "stale_while_revalidate"])
def test_an_age_that_is_no_whole_number_is_refused(key: str, given: Given) -> None:
    with refusal(f"`main.caching.{key}` is 0.5. Use a whole number."):
        deploy(lambda: hyperdrive(caching={"max_age": 60, "stale_while_revalidate": 15, key: given(0.5)}))


# Arguments.


@pytest.mark.parametrize("argument", ["account_id", "origin", "connection_limit", "caching"])
def test_a_missing_argument_is_refused(argument: str) -> None:
    with refusal(f"`main.{argument}` is not given. State it."):
        deploy(lambda: hyperdrive(**{argument: ...}))


@pytest.mark.parametrize("leaf", ["database", "user", "password"])
def test_an_origin_without_a_leaf_that_it_needs_is_refused(leaf: str) -> None:
    with refusal(f"`main.origin.{leaf}` is not given. State it."):
        deploy(lambda: hyperdrive(origin=origin(**{leaf: ...})))


@pytest.mark.parametrize(
    ("changes", "subject", "meant"),
    [
        ({"connectionLimit": 10}, "main.connectionLimit", "connection_limit"),
        ({"origin": origin(ssl_mode="verify-full")}, "main.origin.ssl_mode", "sslmode"),
        ({"origin": origin(max_conections=10)}, "main.origin.max_conections", "max_connections"),
        ({"caching": {"maxAge": 60}}, "main.caching.maxAge", "max_age"),
    ],
)
def test_an_argument_that_it_does_not_know_is_refused_with_the_one_that_is_meant(
    changes: dict[str, Any], subject: str, meant: str
) -> None:
    with refusal(f"`{subject}` is no argument. Did you mean `{meant}`?"):
        deploy(lambda: hyperdrive(**changes))


def test_an_argument_that_resembles_none_is_refused_with_all_there_are() -> None:
    with refusal("`main.zzz` is no argument. The arguments are `account_id`, `allow_loopback`, `caching`,"):
        deploy(lambda: hyperdrive(zzz=1))


def test_an_origin_as_one_output_is_refused() -> None:
    with refusal("`main.origin` is one value", "Give a dictionary"):
        deploy(lambda: hyperdrive(origin=pulumi.Output.from_input(origin())))


def test_what_is_refused_registers_no_configuration() -> None:
    def program() -> list[str]:
        with refusal("is 4"):
            hyperdrive(connection_limit=4)
        return []

    assert deploy(program).all(CONFIG) == []
