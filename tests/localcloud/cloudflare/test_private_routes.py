"""Hyperdrive in front of a database that only a tunnel reaches: open when every part is there, closed without any."""

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
from tests.localcloud.cloudflare.api import CONFIGS, config, message, refused, result, upload
from tests.localcloud.cloudflare.conftest import Start
from tests.localcloud.cloudflare.test_access import APPS, POLICIES, TOKENS, app, named, policy, token
from tests.localcloud.cloudflare.test_connectivity import SERVICES, service
from tests.localcloud.cloudflare.test_dns_records import RECORDS, cname
from tests.localcloud.cloudflare.test_hyperdrive import public_origin
from tests.localcloud.cloudflare.test_mtls_certificates import CERTIFICATES, authority
from tests.localcloud.cloudflare.test_tunnels import CATCH_ALL, TUNNELS, put, tunnel, turn

HOST = "db.example.com"
NOT_VERIFIED = {"cert_verification_mode": "disabled"}


@dataclass
class Way:
    """All parts of both ways to the test's database, there and in order."""

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

    def over_access(self, mtls: dict[str, Any] | None = None, **changes: Any) -> httpx.Response:
        access = {"access_client_id": self.token["client_id"], "access_client_secret": self.token["client_secret"]}
        origin = {**self.credentials, "host": HOST, **access, **changes}
        return self.client.post(CONFIGS, json=config(origin=origin, mtls=mtls or {}))

    def over_service(self, **changes: Any) -> httpx.Response:
        origin = {**self.credentials, "service_id": self.service["service_id"], **changes}
        return self.client.post(CONFIGS, json=config(origin=origin))

    def lead_to(self, target: str, host: str = HOST) -> None:
        result(put(self.client, self.tunnel["id"], {"hostname": host, "service": target}, CATCH_ALL))

    def serve(self, **changes: Any) -> None:
        sent = service(self.tunnel["id"], host=self._place(), tcp_port=self.port, tls_settings=NOT_VERIFIED)
        result(self.client.put(f"{SERVICES}/{self.service['service_id']}", json={**sent, **changes}))

    def admit(self, **changes: Any) -> None:
        sent = {"name": "db", "decision": "non_identity", "include": [named(self.token)], **changes}
        result(self.client.put(f"{POLICIES}/{self.policy['id']}", json=sent))

    @property
    def port(self) -> int:
        return int(urlsplit(self.postgres.url()).port or 0)

    def _place(self) -> dict[str, Any]:
        return {"ipv4": "127.0.0.1", "network": {"tunnel_id": self.tunnel["id"]}}


@pytest.fixture
def way(start: Start, postgres: Postgres) -> Way:
    """Strict: nothing is trusted. Loopback is not among the public origins, as it is not for the real API."""
    runtime = MemoryRuntime()
    client = start(runtime, trust_private_origins=False).client
    made = tunnel(client)
    turn(client, "healthy", made["id"])
    given = token(client)
    rule = policy(client, named(given))
    way = Way(
        client,
        postgres,
        runtime,
        made,
        result(client.post(RECORDS, json=cname(content=f"{made['id']}.cfargotunnel.com"))),
        given,
        rule,
        result(client.post(APPS, json=app(policies=[rule["id"]]))),
        result(client.post(SERVICES, json=service(made["id"]))),
    )
    way.lead_to(f"tcp://127.0.0.1:{way.port}")
    way.serve()
    return way


def closed(answer: httpx.Response, *words: str) -> None:
    assert refused(answer) == (400, 2010)
    assert all(word in message(answer) for word in words), message(answer)


def test_both_ways_are_open_when_all_is_there(way: Way) -> None:
    over_access = result(way.over_access())
    assert "access_client_secret" not in over_access["origin"]
    way.client.delete(f"{CONFIGS}/{over_access['id']}")
    assert result(way.over_service())["origin"]["service_id"] == way.service["service_id"]


def test_the_database_is_really_asked(way: Way) -> None:
    assert refused(way.over_access(password="wrong")) == (400, 2013)
    assert refused(way.over_service(password="wrong")) == (400, 2013)


@pytest.mark.parametrize("status", ["inactive", "down"])
def test_no_way_leads_through_a_tunnel_without_connector(way: Way, status: str) -> None:
    turn(way.client, status, way.tunnel["id"])
    closed(way.over_access(), status, "no connector")
    closed(way.over_service(), status, "no connector")
    turn(way.client, "degraded", way.tunnel["id"])
    result(way.over_service())


def test_a_host_without_a_record_is_no_host(way: Way) -> None:
    way.client.delete(f"{RECORDS}/{way.record['id']}")
    assert refused(way.over_access()) == (400, 2008)


@pytest.mark.parametrize("change", [{"proxied": False}, {"content": "db.example.net"}])
def test_a_record_that_leads_elsewhere_is_no_way(way: Way, change: dict[str, Any]) -> None:
    sent = {**cname(content=way.record["content"]), **change}
    result(way.client.put(f"{RECORDS}/{way.record['id']}", json=sent))
    assert refused(way.over_access()) == (400, 2008)


def test_a_record_to_a_tunnel_that_is_gone_is_no_way(way: Way) -> None:
    sent = cname(content=f"{uuid.uuid4()}.cfargotunnel.com")
    result(way.client.put(f"{RECORDS}/{way.record['id']}", json=sent))
    closed(way.over_access(), "does not exist")


@pytest.mark.parametrize(
    ("target", "host"), [("tcp://127.0.0.1:5432", "other.example.com"), ("http://127.0.0.1:5432", HOST)]
)
def test_a_tunnel_has_to_lead_the_host_to_a_database(way: Way, target: str, host: str) -> None:
    way.lead_to(target, host)
    closed(way.over_access(), "no ingress rule")


def test_the_rules_of_a_locally_managed_tunnel_are_not_known(way: Way) -> None:
    other = tunnel(way.client, name="local", config_src="local")
    turn(way.client, "healthy", other["id"])
    put(way.client, other["id"], {"service": f"tcp://127.0.0.1:{way.port}"})
    result(way.client.put(f"{RECORDS}/{way.record['id']}", json=cname(content=f"{other['id']}.cfargotunnel.com")))
    closed(way.over_access(), "no ingress rule")


def test_a_rule_of_many_hosts_leads_there_too(way: Way) -> None:
    way.lead_to(f"tcp://127.0.0.1:{way.port}", "*.example.com")
    result(way.over_access())


def test_a_host_without_an_application_is_closed(way: Way) -> None:
    way.client.delete(f"{APPS}/{way.app['id']}")
    closed(way.over_access(), "no Access application")


def test_an_application_without_a_policy_is_closed(way: Way) -> None:
    result(way.client.put(f"{APPS}/{way.app['id']}", json=app(policies=[])))
    closed(way.over_access(), "no policy")


@pytest.mark.parametrize(
    "rules",
    [
        lambda _: {"decision": "allow"},
        lambda _: {"decision": "deny"},
        lambda _: {"include": [{"email": {"email": "a@example.com"}}]},
        lambda way: {"include": [named(token(way.client, name="another"))]},
        lambda way: {"exclude": [named(way.token)]},
        lambda _: {"require": [{"geo": {"country_code": "NL"}}]},
    ],
)
def test_a_policy_that_does_not_let_the_token_in_is_closed(way: Way, rules: Callable[[Way], dict[str, Any]]) -> None:
    way.admit(**rules(way))
    closed(way.over_access(), "no policy", "non_identity")


@pytest.mark.parametrize("rules", [{"include": [{"any_valid_service_token": {}}]}, {"decision": "bypass"}])
def test_a_policy_can_let_every_token_in(way: Way, rules: dict[str, Any]) -> None:
    way.admit(**rules)
    result(way.over_access())


@pytest.mark.parametrize("part", ["access_client_id", "access_client_secret"])
def test_another_token_is_not_let_in(way: Way, part: str) -> None:
    changes: dict[str, Any] = {part: "another"}
    answer = way.over_access(**changes)
    closed(answer, "service token")
    assert way.token["client_secret"] not in answer.text


def test_a_token_that_is_switched_off_or_over_is_not_let_in(way: Way) -> None:
    path = f"{TOKENS}/{way.token['id']}"
    result(way.client.put(path, json={"name": "hyperdrive", "enabled": False}))
    closed(way.over_access(), "service token")
    result(way.client.put(path, json={"name": "hyperdrive", "enabled": True, "duration": "1ns"}))
    closed(way.over_access(), "service token")


@pytest.mark.parametrize(("grace_hours", "is_open"), [(None, False), (-1, False), (1, True)])
def test_a_rotated_secret_is_good_for_as_long_as_was_said(way: Way, grace_hours: int | None, is_open: bool) -> None:
    until = None
    if grace_hours is not None:
        until = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=grace_hours)).isoformat()
    sent = {"name": "hyperdrive", "client_secret_version": 2, "previous_client_secret_expires_at": until}
    rotated = result(way.client.put(f"{TOKENS}/{way.token['id']}", json=sent))
    assert way.over_access().is_success == is_open
    assert way.over_access(access_client_secret=rotated["client_secret"]).is_success != is_open  # the name is taken


def test_the_uploaded_authority_holds_behind_access(way: Way) -> None:
    right = result(way.client.post(CERTIFICATES, json=authority(certificates=way.postgres.ca_file.read_text())))
    wrong = result(way.client.post(CERTIFICATES, json=authority(name="wrong")))
    answer = way.over_access({"sslmode": "verify-full", "ca_certificate_id": wrong["id"]})
    assert refused(answer) == (400, 2015)
    result(way.over_access({"sslmode": "verify-full", "ca_certificate_id": right["id"]}))


def test_an_unknown_service_is_refused(way: Way) -> None:
    answer = way.over_service(service_id=str(uuid.uuid4()))
    assert refused(answer) == (400, 2007)
    assert "origin.service_id" in message(answer)


@pytest.mark.parametrize(
    "change", [{"app_protocol": "mysql"}, {"type": "http", "tcp_port": None, "app_protocol": None}]
)
def test_a_service_of_another_kind_is_closed(way: Way, change: dict[str, Any]) -> None:
    way.serve(**change)
    closed(way.over_service(), "type tcp for postgresql")


@pytest.mark.parametrize(
    "settings", [None, {"cert_verification_mode": "verify_full"}, {"cert_verification_mode": "verify_ca"}]
)
def test_a_service_trusts_public_authorities_alone_unless_it_is_told_not_to_look(
    way: Way, settings: dict[str, str] | None
) -> None:
    way.serve(tls_settings=settings)
    assert refused(way.over_service()) == (400, 2015)


def test_a_service_and_certificates_do_not_go_together(way: Way) -> None:
    origin = {**way.credentials, "service_id": way.service["service_id"]}
    answer = way.client.post(CONFIGS, json=config(origin=origin, mtls={"sslmode": "require"}))
    assert refused(answer) == (400, 2007)


def test_a_refused_way_leaves_nothing_behind(way: Way) -> None:
    turn(way.client, "down")
    closed(way.over_service())
    assert result(way.client.get(CONFIGS)) == []


def test_a_move_from_one_way_to_the_other_is_dialled(way: Way) -> None:
    path = f"{CONFIGS}/{result(way.over_access())['id']}"
    origin = {**way.credentials, "service_id": way.service["service_id"]}
    way.serve(tcp_port=1)
    assert refused(way.client.put(path, json=config(origin=origin))) == (400, 2011)
    way.serve()
    assert result(way.client.put(path, json=config(origin=origin)))["origin"]["service_id"]


@pytest.mark.parametrize("over", [Way.over_access, Way.over_service])
def test_a_worker_reaches_what_the_tunnel_leads_to_for_as_long_as_it_does(
    way: Way, over: Callable[[Way], httpx.Response]
) -> None:
    hyperdrive = {"type": "hyperdrive", "name": "HYPERDRIVE", "id": result(over(way))["id"]}
    upload(way.client, "api", hyperdrive)

    def place() -> str:
        (binding,) = way.runtime.workers[0]["bindings"]
        return str(binding["connectionString"]).rpartition("@")[2].partition("/")[0]

    assert place() == f"127.0.0.1:{way.port}"
    turn(way.client, "down", way.tunnel["id"])
    assert place().endswith(".invalid:5432")
    turn(way.client, "healthy", way.tunnel["id"])
    assert place() == f"127.0.0.1:{way.port}"


def test_a_trusting_emulator_does_not_ask_for_a_way(start: Start) -> None:
    assert result(start().client.post(CONFIGS, json=config()))["origin"]["service_id"]
    assert refused(start(trust_private_origins=False).client.post(CONFIGS, json=config("other"))) == (400, 2007)
    assert result(start().client.get(TUNNELS)) == []
