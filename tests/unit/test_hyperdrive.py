"""`Hyperdrive`: the inputs of its configuration, and its arguments."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.harness import MAIN, deploy, rejected
from tests.unit.sound import ACCOUNT, CONFIG, HOST, PASSWORD, access, existing, hyperdrive, origin, vpc

Given = Callable[[Any], Any]

POOLED = "ep-cool-name-pooler.eu-central-1.aws.neon.tech"


def sent(preview: bool = False, **changes: Any) -> dict[str, Any]:
    """Returns the inputs of the configuration."""
    return deploy(lambda: hyperdrive(**changes), preview=preview).one(CONFIG).inputs


# Inputs of the configuration.


def test_a_public_origin_is_sent_with_exactly_these_inputs(preview: bool) -> None:
    assert sent(preview) == {
        "accountId": ACCOUNT,
        "name": MAIN,
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
        "mtls": {"sslmode": "require"},
    }


def test_another_scheme_changes_no_other_input_so_that_the_password_is_sent_again(given: Given, preview: bool) -> None:
    def program() -> None:
        hyperdrive(origin={**origin(), "scheme": given("postgresql")})

    before, after = sent(preview), deploy(program, preview=preview).one(CONFIG).inputs
    assert after == {**before, "origin": {**before["origin"], "scheme": "postgresql"}}


def test_a_scheme_of_another_system_is_rejected() -> None:
    with rejected("Hyperdrive `main`.origin.scheme: must be one of `postgres`, `postgresql`, got mysql"):
        sent(False, origin={**origin(), "scheme": "mysql"})


def test_an_origin_behind_a_tunnel_is_sent_with_exactly_these_inputs(preview: bool) -> None:
    assert sent(preview, origin=access())["origin"] == {
        "scheme": "postgres",
        "host": HOST,
        "accessClientId": "token.access",
        "accessClientSecret": "token-secret",
        "database": "app",
        "user": "app",
        "password": PASSWORD,
    }


def test_an_origin_behind_a_vpc_service_is_sent_with_exactly_these_inputs(preview: bool) -> None:
    assert sent(preview, origin=vpc())["origin"] == {
        "scheme": "postgres",
        "serviceId": "service",
        "database": "app",
        "user": "app",
        "password": PASSWORD,
    }


def test_a_plain_value_and_an_output_are_sent_alike(given: Given, preview: bool) -> None:
    def program() -> None:
        fields = {key: given(value) for key, value in origin(sslmode="require", max_connections=100).items()}
        caching = {"max_age": given(60), "stale_while_revalidate": given(15)}
        hyperdrive(account_id=given(ACCOUNT), origin=fields, connection_limit=given(10), caching=caching)

    plain = sent(
        origin=origin(sslmode="require", max_connections=100), caching={"max_age": 60, "stale_while_revalidate": 15}
    )
    assert deploy(program, preview=preview).one(CONFIG).inputs == plain


@pytest.mark.parametrize("field", ["host", "port", "database", "user"])
def test_an_output_of_none_in_an_address_or_a_name_is_rejected_with_its_path(field: str, preview: bool) -> None:
    with rejected(f"Hyperdrive `main`.origin.{field}: has no value"):
        deploy(lambda: hyperdrive(origin=origin(**{field: pulumi.Output.from_input(None)})) and None, preview=preview)


def test_an_awaitable_is_sent_like_its_value() -> None:
    async def limit() -> int:
        return 10

    assert deploy(lambda: hyperdrive(connection_limit=limit())).one(CONFIG).inputs == sent()


def test_the_password_is_the_only_secret(preview: bool) -> None:
    assert deploy(hyperdrive, preview=preview).one(CONFIG).secrets == {"origin.password"}


def test_behind_a_tunnel_the_client_secret_is_a_secret_too() -> None:
    secrets = deploy(lambda: hyperdrive(origin=access())).one(CONFIG).secrets
    assert secrets == {"origin.password", "origin.accessClientSecret"}


def test_the_parts_of_a_secret_connection_string_are_sent_as_secrets() -> None:
    def program() -> None:
        hyperdrive(origin=existing(url=pulumi.Output.secret("postgres://app:pw@db.example.com/app")).origin)

    assert deploy(program).one(CONFIG).secrets == {
        f"origin.{field}" for field in ("host", "port", "database", "user", "password")
    }


@pytest.mark.parametrize("port", [5432, 5432.0])
def test_the_port_is_an_integer(port: float, given: Given) -> None:
    # On the wire, 5432 and 5432.0 are the same, so the test reads the value before it is sent.
    rendered = deploy(lambda: {"port": rendered_port(given(port))}).exports["port"].value
    assert repr(rendered) == "5432"


def rendered_port(port: Any) -> Any:
    from edge_postgres.hyperdrive.origin import render_origin

    return render_origin(origin(port=port), allow_loopback=False, subject="main.origin")["port"]


@pytest.mark.parametrize("route", [origin, access, vpc])
def test_limit_and_caching_are_sent_with_every_route(route: Any) -> None:
    assert {"originConnectionLimit", "caching"} <= set(sent(origin=route()))


def test_ages_are_sent_with_an_explicit_disabled_field(given: Given) -> None:
    caching = {"max_age": 3600, "stale_while_revalidate": 0}
    run = deploy(lambda: hyperdrive(caching={key: given(value) for key, value in caching.items()}))
    assert run.one(CONFIG).inputs["caching"] == {"disabled": False, "maxAge": 3600.0, "staleWhileRevalidate": 0.0}


def test_enabled_caching_is_sent_with_its_ages() -> None:
    caching = {"disabled": False, "max_age": 60, "stale_while_revalidate": 15}
    assert sent(caching=caching)["caching"] == {"disabled": False, "maxAge": 60.0, "staleWhileRevalidate": 15.0}


def test_the_tls_mode_is_sent_by_default_so_that_no_former_ca_is_kept() -> None:
    assert sent()["mtls"] == {"sslmode": "require"}


def test_the_tls_mode_is_sent_for_a_connection_string_without_a_tls_mode(given: Given) -> None:
    def program() -> None:
        hyperdrive(origin=existing(url=given("postgres://app:pw@db.example.com/app")).origin)

    assert deploy(program).one(CONFIG).inputs["mtls"] == {"sslmode": "require"}


def test_an_explicit_tls_mode_is_sent(given: Given, preview: bool) -> None:
    run = deploy(lambda: hyperdrive(origin=origin(sslmode=given("require"))), preview=preview)
    assert run.one(CONFIG).inputs["mtls"] == {"sslmode": "require"}


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verify_mode_is_sent_with_its_ca(mode: str, given: Given, preview: bool) -> None:
    fields = {"sslmode": mode, "ca_certificate_id": "ca"}
    run = deploy(
        lambda: hyperdrive(origin=origin(**{key: given(field) for key, field in fields.items()})), preview=preview
    )
    assert run.one(CONFIG).inputs["mtls"] == {"sslmode": mode, "caCertificateId": "ca"}


def test_an_explicit_name_is_sent() -> None:
    assert sent(config_name="shop-prod-main")["name"] == "shop-prod-main"


def test_a_loopback_host_is_sent_if_it_is_allowed() -> None:
    assert sent(origin=origin(host="127.0.0.1"), allow_loopback=True)["origin"]["host"] == "127.0.0.1"


def test_an_ipv6_address_is_sent_without_brackets() -> None:
    assert sent(origin=origin(host="2606:4700::1"))["origin"]["host"] == "2606:4700::1"


@pytest.mark.parametrize("host", ["10.0.0.5", "db.internal", "localhost"])
def test_any_host_is_accepted_behind_a_tunnel(host: str) -> None:
    assert sent(origin=access(host=host))["origin"]["host"] == host


def test_an_explicit_direct_endpoint_overrides_the_host_name() -> None:
    assert sent(origin=origin(host=POOLED, endpoint="direct"))["origin"]["host"] == POOLED


def test_none_is_treated_as_omitted() -> None:
    nothing = dict.fromkeys(
        ["sslmode", "ca_certificate_id", "endpoint", "service_id", "access_client_id", "max_connections"]
    )
    assert sent(origin={**origin(), **nothing}, plan=None, config_name=None, connection_ceiling=None) == sent()


def test_id_and_limit_are_its_outputs() -> None:
    def program() -> dict[str, Any]:
        component = hyperdrive(connection_limit=20.0)
        return {"id": component.hyperdrive_id, "limit": component.connection_limit}

    exports = deploy(program).exports
    assert (exports["id"].value, exports["limit"].value) == (f"{MAIN}-id", 20)


@pytest.mark.parametrize("port", [1, 65535])
def test_the_lowest_and_the_highest_port_are_accepted(port: int) -> None:
    assert sent(origin=origin(port=port))["origin"]["port"] == port


@pytest.mark.parametrize("age", [1, 3600])
def test_the_bounds_of_an_age_are_accepted(age: int) -> None:
    assert sent(caching={"max_age": age, "stale_while_revalidate": 0})["caching"]["maxAge"] == age


# Arguments.


@pytest.mark.parametrize("argument", ["account_id", "origin", "connection_limit", "caching"])
def test_a_missing_argument_is_rejected(argument: str) -> None:
    with rejected(f"Hyperdrive `main`.{argument}: is required. Set this argument."):
        deploy(lambda: hyperdrive(**dict[str, Any]({argument: ...})))


@pytest.mark.parametrize("field", ["database", "user", "password"])
def test_an_origin_without_a_required_field_is_rejected(field: str) -> None:
    with rejected(f"Hyperdrive `main`.origin.{field}: is required. Set this argument."):
        deploy(lambda: hyperdrive(origin=origin(**{field: ...})))


@pytest.mark.parametrize(
    ("changes", "subject", "suggestion"),
    [
        ({"connectionLimit": 10}, "Hyperdrive `main`.connectionLimit", "connection_limit"),
        ({"origin": origin(ssl_mode="verify-full")}, "Hyperdrive `main`.origin.ssl_mode", "sslmode"),
        ({"origin": origin(max_conections=10)}, "Hyperdrive `main`.origin.max_conections", "max_connections"),
        ({"caching": {"maxAge": 60}}, "Hyperdrive `main`.caching.maxAge", "max_age"),
    ],
)
def test_an_unknown_argument_is_rejected_with_a_suggestion(
    changes: dict[str, Any], subject: str, suggestion: str
) -> None:
    with rejected(f"{subject}: unknown argument. Did you mean `{suggestion}`?"):
        deploy(lambda: hyperdrive(**changes))


def test_an_unknown_argument_without_a_similar_name_is_rejected_with_all_arguments() -> None:
    with rejected(
        "Hyperdrive `main`.zzz: unknown argument. The arguments are `account_id`, `allow_loopback`, `caching`,"
    ):
        deploy(lambda: hyperdrive(zzz=1))


def test_a_rejected_argument_registers_no_configuration() -> None:
    def program() -> list[str]:
        with rejected("got 4"):
            hyperdrive(connection_limit=4)
        return []

    assert deploy(program).all(CONFIG) == []
