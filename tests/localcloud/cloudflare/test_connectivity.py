"""VPC services."""

import uuid
from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, error_of, message, result
from tests.localcloud.cloudflare.test_tunnels import tunnel

SERVICES = f"/accounts/{ACCOUNT}/connectivity/directory/services"


@pytest.fixture
def tunnel_id(client: httpx.Client) -> str:
    return str(tunnel(client)["id"])


def service(tunnel_id: str, **changes: Any) -> dict[str, Any]:
    host = {"ipv4": "10.0.0.5", "network": {"tunnel_id": tunnel_id}}
    return {"name": "db", "type": "tcp", "host": host, "tcp_port": 5432, "app_protocol": "postgresql", **changes}


def test_a_service_is_created_read_changed_and_deleted(client: httpx.Client, tunnel_id: str) -> None:
    sent = service(tunnel_id, tls_settings={"cert_verification_mode": "disabled"})
    created = result(client.post(SERVICES, json=sent))
    assert {key: created[key] for key in sent} == sent
    path = f"{SERVICES}/{created['service_id']}"
    assert result(client.get(path)) == created
    assert result(client.get(SERVICES)) == [created]
    changed = result(client.put(path, json=service(tunnel_id, tcp_port=5433, app_protocol=None, tls_settings=None)))
    assert changed["tcp_port"] == 5433
    assert not {"app_protocol", "tls_settings"} & set(changed)
    assert (changed["service_id"], changed["created_at"]) == (created["service_id"], created["created_at"])
    deleted = client.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert error_of(client.get(path)) == (404, 5104)


@pytest.mark.parametrize(
    "place",
    [
        {"hostname": "db.internal", "resolver_network": {"tunnel_id": "T", "resolver_ips": ["10.0.0.2"]}},
        {"ipv6": "fd00::5", "network": {"tunnel_id": "T"}},
        {"ipv4": "10.0.0.5", "ipv6": "fd00::5", "network": {"tunnel_id": "T"}},
    ],
)
def test_a_host_must_be_a_name_or_addresses(client: httpx.Client, tunnel_id: str, place: dict[str, Any]) -> None:
    network = "resolver_network" if "hostname" in place else "network"
    host = {**place, network: {**place[network], "tunnel_id": tunnel_id}}
    assert result(client.post(SERVICES, json=service(tunnel_id, host=host)))["host"] == host


def test_a_service_needs_a_tunnel_that_exists(client: httpx.Client) -> None:
    answer = client.post(SERVICES, json=service(str(uuid.uuid4())))
    assert error_of(answer) == (400, 5101)
    assert "Tunnel ID Not Found" in message(answer)


def test_a_name_must_be_unique(client: httpx.Client, tunnel_id: str) -> None:
    first = result(client.post(SERVICES, json=service(tunnel_id)))
    answer = client.post(SERVICES, json=service(tunnel_id))
    assert error_of(answer) == (400, 5101)
    assert "already exists" in message(answer)
    result(client.put(f"{SERVICES}/{first['service_id']}", json=service(tunnel_id)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"type": "udp"},
        {"tcp_port": 0},
        {"tcp_port": "5432"},
        {"http_port": 80},
        {"type": "http"},
        {"app_protocol": "oracle"},
        {"tls_settings": {"cert_verification_mode": "verify-full"}},
        {"host": {"ipv4": "10.0.0.5"}},
        {"host": {"ipv4": "db.internal", "network": {"tunnel_id": "t"}}},
        {"host": {"hostname": "db.internal", "network": {"tunnel_id": "t"}}},
        {"host": None},
    ],
)
def test_a_service_with_invalid_content_is_rejected(
    client: httpx.Client, tunnel_id: str, wrong: dict[str, Any]
) -> None:
    answer = client.post(SERVICES, json=service(tunnel_id, **wrong))
    assert error_of(answer) == (400, 5101)
    assert message(answer).startswith("invalid json: bad json data: ")
