"""Hyperdrive origins behind a tunnel, which are accepted only if their network route is complete."""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime
from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.api import CONFIGS, config, error_of, message, result, upload
from tests.localcloud.cloudflare.conftest import Start
from tests.localcloud.cloudflare.test_access import APPS, POLICIES, TOKENS, app, named, policy, token
from tests.localcloud.cloudflare.test_connectivity import SERVICES, service
from tests.localcloud.cloudflare.test_dns_records import RECORDS, cname
from tests.localcloud.cloudflare.test_hyperdrive import public_origin
from tests.localcloud.cloudflare.test_mtls_certificates import CERTIFICATES, ca_upload
from tests.localcloud.cloudflare.test_tunnels import CATCH_ALL, TUNNELS, put, tunnel, turn

HOST = "db.example.com"
NOT_VERIFIED = {"cert_verification_mode": "disabled"}


@dataclass
class NetworkRoutes:
    """All parts of both network routes to the database of the test, in a working state."""

    client: httpx.Client
    postgres: Postgres
    runtime: MemoryRuntime
    tunnel: dict[str, Any]
    record: dict[str, Any]
    token: dict[str, Any]
    policy: dict[str, Any]
    app: dict[str, Any]
    service: dict[str, Any]

    @property
    def credentials(self) -> dict[str, Any]:
        origin = public_origin(self.postgres)
        return {key: origin[key] for key in ("scheme", "database", "user", "password")}

    def create_over_access(self, mtls: dict[str, Any] | None = None, **changes: Any) -> httpx.Response:
        access = {"access_client_id": self.token["client_id"], "access_client_secret": self.token["client_secret"]}
        origin = {**self.credentials, "host": HOST, **access, **changes}
        return self.client.post(CONFIGS, json=config(origin=origin, mtls=mtls or {}))

    def create_over_service(self, **changes: Any) -> httpx.Response:
        origin = {**self.credentials, "service_id": self.service["service_id"], **changes}
        return self.client.post(CONFIGS, json=config(origin=origin))

    def set_target(self, target: str, host: str = HOST) -> None:
        result(put(self.client, self.tunnel["id"], {"hostname": host, "service": target}, CATCH_ALL))

    def replace_service(self, **changes: Any) -> None:
        sent = service(self.tunnel["id"], host=self._target_host(), tcp_port=self.port, tls_settings=NOT_VERIFIED)
        result(self.client.put(f"{SERVICES}/{self.service['service_id']}", json={**sent, **changes}))

    def set_policies(self, **changes: Any) -> None:
        sent = {"name": "db", "decision": "non_identity", "include": [named(self.token)], **changes}
        result(self.client.put(f"{POLICIES}/{self.policy['id']}", json=sent))

    @property
    def port(self) -> int:
        return int(urlsplit(self.postgres.url()).port or 0)

    def _target_host(self) -> dict[str, Any]:
        return {"ipv4": "127.0.0.1", "network": {"tunnel_id": self.tunnel["id"]}}


@pytest.fixture
def routes(start: Start, postgres: Postgres) -> NetworkRoutes:
    """An emulator with strict settings: no private and no loopback origins are trusted, as in the real API."""
    runtime = MemoryRuntime()
    client = start(runtime, trust_private_origins=False).client
    created_tunnel = tunnel(client)
    turn(client, "healthy", created_tunnel["id"])
    created_token = token(client)
    created_policy = policy(client, named(created_token))
    routes = NetworkRoutes(
        client,
        postgres,
        runtime,
        created_tunnel,
        result(client.post(RECORDS, json=cname(content=f"{created_tunnel['id']}.cfargotunnel.com"))),
        created_token,
        created_policy,
        result(client.post(APPS, json=app(policies=[created_policy["id"]]))),
        result(client.post(SERVICES, json=service(created_tunnel["id"]))),
    )
    routes.set_target(f"tcp://127.0.0.1:{routes.port}")
    routes.replace_service()
    return routes


def assert_incomplete(response: httpx.Response, *fragments: str) -> None:
    assert error_of(response) == (400, 2010)
    assert all(each in message(response) for each in fragments), message(response)


def test_both_network_routes_work_if_they_are_complete(routes: NetworkRoutes) -> None:
    create_over_access = result(routes.create_over_access())
    assert "access_client_secret" not in create_over_access["origin"]
    routes.client.delete(f"{CONFIGS}/{create_over_access['id']}")
    assert result(routes.create_over_service())["origin"]["service_id"] == routes.service["service_id"]


def test_the_database_is_really_tested(routes: NetworkRoutes) -> None:
    assert error_of(routes.create_over_access(password="wrong")) == (400, 2013)
    assert error_of(routes.create_over_service(password="wrong")) == (400, 2013)


@pytest.mark.parametrize("status", ["inactive", "down"])
def test_a_tunnel_without_a_connector_is_rejected(routes: NetworkRoutes, status: str) -> None:
    turn(routes.client, status, routes.tunnel["id"])
    assert_incomplete(routes.create_over_access(), status, "no running connector")
    assert_incomplete(routes.create_over_service(), status, "no running connector")
    turn(routes.client, "degraded", routes.tunnel["id"])
    result(routes.create_over_service())


def test_a_host_without_a_dns_record_is_rejected(routes: NetworkRoutes) -> None:
    routes.client.delete(f"{RECORDS}/{routes.record['id']}")
    assert error_of(routes.create_over_access()) == (400, 2008)


@pytest.mark.parametrize("change", [{"proxied": False}, {"content": "db.example.net"}])
def test_a_dns_record_with_another_target_is_rejected(routes: NetworkRoutes, change: dict[str, Any]) -> None:
    sent = {**cname(content=routes.record["content"]), **change}
    result(routes.client.put(f"{RECORDS}/{routes.record['id']}", json=sent))
    assert error_of(routes.create_over_access()) == (400, 2008)


def test_a_dns_record_of_a_deleted_tunnel_is_rejected(routes: NetworkRoutes) -> None:
    sent = cname(content=f"{uuid.uuid4()}.cfargotunnel.com")
    result(routes.client.put(f"{RECORDS}/{routes.record['id']}", json=sent))
    assert_incomplete(routes.create_over_access(), "does not exist")


@pytest.mark.parametrize(
    ("target", "host"), [("tcp://127.0.0.1:5432", "other.example.com"), ("http://127.0.0.1:5432", HOST)]
)
def test_a_tunnel_needs_an_ingress_rule_for_the_host(routes: NetworkRoutes, target: str, host: str) -> None:
    routes.set_target(target, host)
    assert_incomplete(routes.create_over_access(), "no ingress rule")


def test_the_rules_of_a_locally_managed_tunnel_are_not_known(routes: NetworkRoutes) -> None:
    other = tunnel(routes.client, name="local", config_src="local")
    turn(routes.client, "healthy", other["id"])
    put(routes.client, other["id"], {"service": f"tcp://127.0.0.1:{routes.port}"})
    result(routes.client.put(f"{RECORDS}/{routes.record['id']}", json=cname(content=f"{other['id']}.cfargotunnel.com")))
    assert_incomplete(routes.create_over_access(), "no ingress rule")


def test_an_ingress_rule_with_a_wildcard_matches(routes: NetworkRoutes) -> None:
    routes.set_target(f"tcp://127.0.0.1:{routes.port}", "*.example.com")
    result(routes.create_over_access())


def test_a_host_without_an_access_application_is_rejected(routes: NetworkRoutes) -> None:
    routes.client.delete(f"{APPS}/{routes.app['id']}")
    assert_incomplete(routes.create_over_access(), "no Access application")


def test_an_application_without_a_policy_is_rejected(routes: NetworkRoutes) -> None:
    result(routes.client.put(f"{APPS}/{routes.app['id']}", json=app(policies=[])))
    assert_incomplete(routes.create_over_access(), "no policy")


@pytest.mark.parametrize(
    "rules",
    [
        lambda _: {"decision": "allow"},
        lambda _: {"decision": "deny"},
        lambda _: {"include": [{"email": {"email": "a@example.com"}}]},
        lambda routes: {"include": [named(token(routes.client, name="another"))]},
        lambda routes: {"exclude": [named(routes.token)]},
        lambda _: {"require": [{"geo": {"country_code": "NL"}}]},
    ],
)
def test_a_policy_that_does_not_admit_the_token_is_rejected(
    routes: NetworkRoutes, rules: Callable[[NetworkRoutes], dict[str, Any]]
) -> None:
    routes.set_policies(**rules(routes))
    assert_incomplete(routes.create_over_access(), "no policy", "non_identity")


@pytest.mark.parametrize("rules", [{"include": [{"any_valid_service_token": {}}]}, {"decision": "bypass"}])
def test_a_policy_can_admit_every_token(routes: NetworkRoutes, rules: dict[str, Any]) -> None:
    routes.set_policies(**rules)
    result(routes.create_over_access())


@pytest.mark.parametrize("part", ["access_client_id", "access_client_secret"])
def test_another_service_token_is_rejected(routes: NetworkRoutes, part: str) -> None:
    changes: dict[str, Any] = {part: "another"}
    answer = routes.create_over_access(**changes)
    assert_incomplete(answer, "service token")
    assert routes.token["client_secret"] not in answer.text


def test_a_disabled_or_expired_token_is_rejected(routes: NetworkRoutes) -> None:
    path = f"{TOKENS}/{routes.token['id']}"
    result(routes.client.put(path, json={"name": "hyperdrive", "enabled": False}))
    assert_incomplete(routes.create_over_access(), "service token")
    result(routes.client.put(path, json={"name": "hyperdrive", "enabled": True, "duration": "1ns"}))
    assert_incomplete(routes.create_over_access(), "service token")


@pytest.mark.parametrize(("grace_hours", "is_open"), [(None, False), (-1, False), (1, True)])
def test_a_rotated_secret_is_valid_until_its_expiration(
    routes: NetworkRoutes, grace_hours: int | None, is_open: bool
) -> None:
    until = None
    if grace_hours is not None:
        until = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=grace_hours)).isoformat()
    sent = {"name": "hyperdrive", "client_secret_version": 2, "previous_client_secret_expires_at": until}
    rotated = result(routes.client.put(f"{TOKENS}/{routes.token['id']}", json=sent))
    assert routes.create_over_access().is_success == is_open
    assert (
        routes.create_over_access(access_client_secret=rotated["client_secret"]).is_success != is_open
    )  # the name is in use


def test_the_uploaded_ca_is_used_behind_access(routes: NetworkRoutes) -> None:
    right = result(routes.client.post(CERTIFICATES, json=ca_upload(certificates=routes.postgres.ca_file.read_text())))
    wrong = result(routes.client.post(CERTIFICATES, json=ca_upload(name="wrong")))
    answer = routes.create_over_access({"sslmode": "verify-full", "ca_certificate_id": wrong["id"]})
    assert error_of(answer) == (400, 2015)
    result(routes.create_over_access({"sslmode": "verify-full", "ca_certificate_id": right["id"]}))


def test_an_unknown_service_is_rejected(routes: NetworkRoutes) -> None:
    answer = routes.create_over_service(service_id=str(uuid.uuid4()))
    assert error_of(answer) == (400, 2007)
    assert "origin.service_id" in message(answer)


@pytest.mark.parametrize(
    "change", [{"app_protocol": "mysql"}, {"type": "http", "tcp_port": None, "app_protocol": None}]
)
def test_a_service_of_another_type_is_rejected(routes: NetworkRoutes, change: dict[str, Any]) -> None:
    routes.replace_service(**change)
    assert_incomplete(routes.create_over_service(), "must have type tcp and protocol postgresql")


@pytest.mark.parametrize(
    "settings", [None, {"cert_verification_mode": "verify_full"}, {"cert_verification_mode": "verify_ca"}]
)
def test_a_service_trusts_only_public_cas_unless_verification_is_disabled(
    routes: NetworkRoutes, settings: dict[str, str] | None
) -> None:
    routes.replace_service(tls_settings=settings)
    assert error_of(routes.create_over_service()) == (400, 2015)


def test_a_service_cannot_be_combined_with_certificates(routes: NetworkRoutes) -> None:
    origin = {**routes.credentials, "service_id": routes.service["service_id"]}
    answer = routes.client.post(CONFIGS, json=config(origin=origin, mtls={"sslmode": "require"}))
    assert error_of(answer) == (400, 2007)


def test_a_configuration_with_an_incomplete_route_is_not_stored(routes: NetworkRoutes) -> None:
    turn(routes.client, "down")
    assert_incomplete(routes.create_over_service())
    assert result(routes.client.get(CONFIGS)) == []


def test_a_change_of_the_network_route_tests_the_database(routes: NetworkRoutes) -> None:
    path = f"{CONFIGS}/{result(routes.create_over_access())['id']}"
    origin = {**routes.credentials, "service_id": routes.service["service_id"]}
    routes.replace_service(tcp_port=1)
    assert error_of(routes.client.put(path, json=config(origin=origin))) == (400, 2011)
    routes.replace_service()
    assert result(routes.client.put(path, json=config(origin=origin)))["origin"]["service_id"]


@pytest.mark.parametrize("over", [NetworkRoutes.create_over_access, NetworkRoutes.create_over_service])
def test_a_worker_connects_through_the_tunnel_until_it_is_closed(
    routes: NetworkRoutes, over: Callable[[NetworkRoutes], httpx.Response]
) -> None:
    hyperdrive = {"type": "hyperdrive", "name": "HYPERDRIVE", "id": result(over(routes))["id"]}
    upload(routes.client, "api", hyperdrive)

    def target_host() -> str:
        (binding,) = routes.runtime.workers[0]["bindings"]
        return str(binding["connectionString"]).rpartition("@")[2].partition("/")[0]

    assert target_host() == f"127.0.0.1:{routes.port}"
    turn(routes.client, "down", routes.tunnel["id"])
    assert target_host().endswith(".invalid:5432")
    turn(routes.client, "healthy", routes.tunnel["id"])
    assert target_host() == f"127.0.0.1:{routes.port}"


def test_an_emulator_that_trusts_private_origins_needs_no_route(start: Start) -> None:
    assert result(start().client.post(CONFIGS, json=config()))["origin"]["service_id"]
    assert error_of(start(trust_private_origins=False).client.post(CONFIGS, json=config("other"))) == (400, 2007)
    assert result(start().client.get(TUNNELS)) == []
