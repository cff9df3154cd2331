"""What a Hyperdrive configuration may hold."""

from typing import Any

import pytest

from localcloud.cloudflare.envelope import ApiError
from localcloud.cloudflare.hyperdrive_config import created
from localcloud.cloudflare.settings import Plan
from tests.localcloud.cloudflare.api import config, vpc_origin

CREDENTIALS = {"scheme": "postgres", "database": "app", "user": "app", "password": "pw"}
PUBLIC = {**CREDENTIALS, "host": "db.example.com", "port": 5432}
ACCESS = {**CREDENTIALS, "host": "db.example.com", "access_client_id": "id", "access_client_secret": "secret"}


def told(plan: Plan = Plan.PAID, **changes: Any) -> str:
    """Why a configuration is refused."""
    with pytest.raises(ApiError) as error:
        created(config(**changes), plan.hyperdrive)
    assert (error.value.status, error.value.code) == (400, 2007)
    return error.value.message


@pytest.mark.parametrize("origin", [PUBLIC, ACCESS, vpc_origin()])
def test_each_of_the_three_routes_is_taken_as_it_is(origin: dict[str, Any]) -> None:
    assert created(config(origin=origin), Plan.PAID.hyperdrive)["origin"] == origin


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
def test_a_route_of_another_shape_is_refused(origin: dict[str, Any], given: str) -> None:
    assert f"`origin` has {given}." in told(origin=origin)


def test_a_part_of_a_route_that_is_null_counts_as_absent() -> None:
    origin = created(config(origin={**PUBLIC, "service_id": None}), Plan.PAID.hyperdrive)["origin"]
    assert origin == PUBLIC


@pytest.mark.parametrize("field", ["database", "user", "password", "scheme"])
@pytest.mark.parametrize("value", [None, "", 7])
def test_a_missing_credential_is_refused(field: str, value: Any) -> None:
    assert told(origin={**PUBLIC, field: value}) == f"`origin.{field}` is mandatory."


@pytest.mark.parametrize("value", [None, "", 7])
def test_a_missing_name_is_refused(value: Any) -> None:
    assert told(name=value) == "`name` is mandatory."


def test_a_missing_origin_is_refused() -> None:
    assert told(origin=None) == "`origin` is mandatory."


def test_another_scheme_is_refused() -> None:
    assert "`origin.scheme` is 'http'" in told(origin={**PUBLIC, "scheme": "http"})


@pytest.mark.parametrize("port", [0, 65536, "5432", 5432.5, True])
def test_a_port_that_is_none_is_refused(port: Any) -> None:
    assert "`origin.port`" in told(origin={**PUBLIC, "port": port})


@pytest.mark.parametrize(("field", "most"), [("database", 63), ("user", 64)])
def test_a_name_that_is_too_long_is_refused(field: str, most: int) -> None:
    assert created(config(origin={**PUBLIC, field: "x" * most}), Plan.PAID.hyperdrive)
    assert f"{most} bytes" in told(origin={**PUBLIC, field: "é" * 33})


@pytest.mark.parametrize(("plan", "ceiling"), [(Plan.FREE, 20), (Plan.PAID, 1500)])
def test_the_connection_limit_is_between_5_and_the_ceiling_of_the_plan(plan: Plan, ceiling: int) -> None:
    for limit in (5, ceiling):
        assert created(config(origin_connection_limit=limit), plan.hyperdrive)["origin_connection_limit"] == limit
    for limit in (4, ceiling + 1):
        assert f"from 5 to {ceiling}" in told(plan, origin_connection_limit=limit)


@pytest.mark.parametrize("limit", ["20", 20.5, True])
def test_a_connection_limit_that_is_no_whole_number_is_refused(limit: Any) -> None:
    assert "`origin_connection_limit`" in told(origin_connection_limit=limit)


@pytest.mark.parametrize(("plan", "default"), [(Plan.FREE, 20), (Plan.PAID, 60)])
def test_an_omitted_connection_limit_is_the_default_of_the_plan(plan: Plan, default: int) -> None:
    assert created(config(origin_connection_limit=None), plan.hyperdrive)["origin_connection_limit"] == default


def test_a_max_age_above_an_hour_is_refused() -> None:
    assert created(config(caching={"max_age": 3600}), Plan.PAID.hyperdrive)["caching"]["max_age"] == 3600
    assert "`caching.max_age` is 3601" in told(caching={"max_age": 3601})


def test_a_negative_age_is_refused() -> None:
    assert "stale_while_revalidate" in told(caching={"stale_while_revalidate": -1})


def test_disabled_caching_has_no_ages() -> None:
    content = created(config(caching={"disabled": True, "max_age": 60}), Plan.PAID.hyperdrive)
    assert content["caching"] == {"disabled": True}


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_verifying_mode_needs_an_authority(mode: str) -> None:
    assert "needs `mtls.ca_certificate_id`" in told(origin=PUBLIC, mtls={"sslmode": mode})
    mtls = {"sslmode": mode, "ca_certificate_id": "ca"}
    assert created(config(origin=PUBLIC, mtls=mtls), Plan.PAID.hyperdrive)["mtls"] == mtls


@pytest.mark.parametrize("mtls", [{"ca_certificate_id": "ca"}, {"ca_certificate_id": "ca", "sslmode": "require"}])
def test_an_authority_needs_a_verifying_mode(mtls: dict[str, str]) -> None:
    assert "needs `mtls.sslmode` verify-ca or verify-full" in told(origin=PUBLIC, mtls=mtls)


@pytest.mark.parametrize("mode", ["disable", "prefer", "none", "REQUIRE"])
def test_another_tls_mode_is_refused(mode: str) -> None:
    assert f"`mtls.sslmode` is '{mode}'" in told(origin=PUBLIC, mtls={"sslmode": mode})


def test_tls_of_a_vpc_service_is_stated_at_the_service() -> None:
    assert told(mtls={"sslmode": "require"}) == "mtls cannot be used with service_id."


def test_no_refusal_repeats_a_secret() -> None:
    origin = {**ACCESS, "password": "s3cret-1", "access_client_secret": "s3cret-2", "port": 5432}
    assert "s3cret" not in told(origin=origin)
