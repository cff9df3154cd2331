"""Validation of Hyperdrive configurations."""

from pathlib import Path
from typing import Any

import pytest

from localcloud.cloudflare.envelope import ApiError
from localcloud.cloudflare.hyperdrive_config import create_config
from localcloud.cloudflare.settings import Plan, Settings
from tests.localcloud.cloudflare.api import config, vpc_origin

CREDENTIALS = {"scheme": "postgres", "database": "app", "user": "app", "password": "pw"}
PUBLIC = {**CREDENTIALS, "host": "db.example.com", "port": 5432}
ACCESS = {**CREDENTIALS, "host": "db.example.com", "access_client_id": "id", "access_client_secret": "secret"}


def settings_of(plan: Plan = Plan.PAID) -> Settings:
    return Settings(store=Path("unused"), api_token="unused", plan=plan)


def error_message(plan: Plan = Plan.PAID, **changes: Any) -> str:
    """Returns the error message for a configuration."""
    with pytest.raises(ApiError) as error:
        create_config(config(**changes), settings_of(plan))
    assert (error.value.status, error.value.code) == (400, 2007)
    return error.value.message


@pytest.mark.parametrize("origin", [PUBLIC, ACCESS, vpc_origin()])
def test_each_of_the_three_network_routes_is_accepted_unchanged(origin: dict[str, Any]) -> None:
    assert create_config(config(origin=origin), settings_of())["origin"] == origin


@pytest.mark.parametrize(
    ("origin", "given"),
    [
        (CREDENTIALS, "no address"),
        ({**CREDENTIALS, "host": "db.example.com"}, "host"),
        ({**CREDENTIALS, "port": 5432}, "port"),
        ({**ACCESS, "port": 5432}, "host, port, access_client_id, access_client_secret"),
        ({**PUBLIC, "service_id": "s"}, "host, port, service_id"),
        ({**CREDENTIALS, "host": "db.example.com", "access_client_id": "id"}, "host, access_client_id"),
    ],
)
def test_another_combination_of_route_fields_is_rejected(origin: dict[str, Any], given: str) -> None:
    assert f"`origin` has {given}." in error_message(origin=origin)


def test_a_null_route_field_counts_as_omitted() -> None:
    origin = create_config(config(origin={**PUBLIC, "service_id": None}), settings_of())["origin"]
    assert origin == PUBLIC


@pytest.mark.parametrize("field", ["database", "user", "password", "scheme"])
@pytest.mark.parametrize("value", [None, "", 7])
def test_a_missing_credential_is_rejected(field: str, value: Any) -> None:
    assert error_message(origin={**PUBLIC, field: value}) == f"`origin.{field}` is mandatory."


@pytest.mark.parametrize("value", [None, "", 7])
def test_a_missing_name_is_rejected(value: Any) -> None:
    assert error_message(name=value) == "`name` is mandatory."


def test_a_missing_origin_is_rejected() -> None:
    assert error_message(origin=None) == "`origin` is mandatory."


def test_another_scheme_is_rejected() -> None:
    assert "`origin.scheme` must be one of postgres, postgresql, mysql, got 'http'" in error_message(
        origin={**PUBLIC, "scheme": "http"}
    )


@pytest.mark.parametrize("port", [0, 65536, "5432", 5432.5, True])
def test_an_invalid_port_is_rejected(port: Any) -> None:
    assert "`origin.port`" in error_message(origin={**PUBLIC, "port": port})


@pytest.mark.parametrize(("field", "most"), [("database", 63), ("user", 64)])
def test_a_name_that_is_too_long_is_rejected(field: str, most: int) -> None:
    assert create_config(config(origin={**PUBLIC, field: "x" * most}), settings_of())
    assert f"{most} bytes" in error_message(origin={**PUBLIC, field: "é" * 33})


@pytest.mark.parametrize(("plan", "ceiling"), [(Plan.FREE, 20), (Plan.PAID, 1500)])
def test_the_connection_limit_is_between_5_and_the_ceiling_of_the_plan(plan: Plan, ceiling: int) -> None:
    for limit in (5, ceiling):
        assert (
            create_config(config(origin_connection_limit=limit), settings_of(plan))["origin_connection_limit"] == limit
        )
    for limit in (4, ceiling + 1):
        assert f"from 5 to {ceiling}" in error_message(plan, origin_connection_limit=limit)


@pytest.mark.parametrize("limit", ["20", 20.5, True])
def test_a_connection_limit_must_be_an_integer(limit: Any) -> None:
    assert "`origin_connection_limit`" in error_message(origin_connection_limit=limit)


@pytest.mark.parametrize(("plan", "default"), [(Plan.FREE, 20), (Plan.PAID, 60)])
def test_an_omitted_connection_limit_is_the_default_of_the_plan(plan: Plan, default: int) -> None:
    assert create_config(config(origin_connection_limit=None), settings_of(plan))["origin_connection_limit"] == default


def test_a_max_age_above_an_hour_is_rejected() -> None:
    assert create_config(config(caching={"max_age": 3600}), settings_of())["caching"]["max_age"] == 3600
    assert "`caching.max_age` must be at most 3600 seconds, got 3601" in error_message(caching={"max_age": 3601})


def test_a_negative_age_is_rejected() -> None:
    assert "stale_while_revalidate" in error_message(caching={"stale_while_revalidate": -1})


def test_disabled_caching_has_no_ages() -> None:
    content = create_config(config(caching={"disabled": True, "max_age": 60}), settings_of())
    assert content["caching"] == {"disabled": True}


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verifying_mode_needs_a_ca_certificate(mode: str) -> None:
    assert "needs `mtls.ca_certificate_id`" in error_message(origin=PUBLIC, mtls={"sslmode": mode})
    mtls = {"sslmode": mode, "ca_certificate_id": "ca"}
    assert create_config(config(origin=PUBLIC, mtls=mtls), settings_of())["mtls"] == mtls


@pytest.mark.parametrize("mtls", [{"ca_certificate_id": "ca"}, {"ca_certificate_id": "ca", "sslmode": "require"}])
def test_a_ca_certificate_needs_a_verifying_mode(mtls: dict[str, str]) -> None:
    assert "needs `mtls.sslmode` verify-ca or verify-full" in error_message(origin=PUBLIC, mtls=mtls)


@pytest.mark.parametrize("mode", ["disable", "prefer", "none", "REQUIRE"])
def test_another_tls_mode_is_rejected(mode: str) -> None:
    assert f"`mtls.sslmode` must be one of require, verify-ca, verify-full, got '{mode}'" in error_message(
        origin=PUBLIC, mtls={"sslmode": mode}
    )


def test_mtls_is_rejected_with_a_vpc_service() -> None:
    assert error_message(mtls={"sslmode": "require"}) == "mtls cannot be used with service_id."


def test_no_error_contains_a_secret() -> None:
    origin = {**ACCESS, "password": "s3cret-1", "access_client_secret": "s3cret-2", "port": 5432}
    assert "s3cret" not in error_message(origin=origin)
