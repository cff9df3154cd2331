"""Tunnels, their tokens and their ingress rules."""

import base64
import json
import uuid
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.settings import TunnelStatus
from tests.localcloud.cloudflare.api import ACCOUNT, error_of, message, result
from tests.localcloud.cloudflare.conftest import Start

TUNNELS = f"/accounts/{ACCOUNT}/cfd_tunnel"
SECRET = base64.b64encode(b"s" * 32).decode()
CATCH_ALL = {"service": "http_status:404"}
RULE = {"hostname": "db.example.com", "service": "tcp://10.0.0.5:5432", "originRequest": {"tcpKeepAlive": 30}}


def tunnel(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    new: dict[str, Any] = result(client.post(TUNNELS, json={"name": "db", "config_src": "cloudflare", **changes}))
    return new


def turn(client: httpx.Client, status: str, tunnel_id: str = "") -> httpx.Response:
    path = f"/__localcloud/tunnels/{tunnel_id}".rstrip("/")
    return client.post(path, json={"status": status})


def put(client: httpx.Client, tunnel_id: str, *rules: dict[str, Any]) -> httpx.Response:
    return client.put(f"{TUNNELS}/{tunnel_id}/configurations", json={"config": {"ingress": rules}})


def test_a_tunnel_can_be_managed_remotely_and_starts_without_a_connector(client: httpx.Client) -> None:
    new = tunnel(client)
    assert uuid.UUID(new["id"])
    assert (new["status"], new["connections"], new["conns_active_at"]) == ("inactive", [], None)
    assert (new["remote_config"], new["tun_type"], new["account_tag"]) == (True, "cfd_tunnel", ACCOUNT)
    assert "config_src" not in new
    assert result(client.get(f"{TUNNELS}/{new['id']}")) == new
    assert result(client.get(TUNNELS, params={"name": "db"})) == [new]
    assert result(client.get(TUNNELS, params={"name": "other"})) == []


def test_a_tunnel_is_managed_locally_by_default(client: httpx.Client) -> None:
    assert tunnel(client, config_src=None)["remote_config"] is False


def test_the_secret_of_a_tunnel_is_only_in_its_token(client: httpx.Client) -> None:
    created = client.post(TUNNELS, json={"name": "db", "tunnel_secret": SECRET})
    path = f"{TUNNELS}/{result(created)['id']}"
    content = json.loads(base64.b64decode(result(client.get(f"{path}/token"))))
    assert content == {"a": ACCOUNT, "t": result(created)["id"], "s": SECRET}
    answers = [created, client.get(path), client.get(TUNNELS), client.get("/__localcloud/requests")]
    assert all(SECRET not in answer.text for answer in answers)


def test_a_tunnel_without_a_secret_gets_one_of_32_bytes(client: httpx.Client) -> None:
    token = result(client.get(f"{TUNNELS}/{tunnel(client)['id']}/token"))
    assert len(base64.b64decode(json.loads(base64.b64decode(token))["s"])) == 32


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": None}, {"config_src": "elsewhere"}, {"tunnel_secret": "c2hvcnQ="}, {"tunnel_secret": "%"}],
)
def test_a_tunnel_with_invalid_content_is_rejected(client: httpx.Client, wrong: dict[str, Any]) -> None:
    assert error_of(client.post(TUNNELS, json={"name": "db", **wrong})) == (400, 1001)


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    tunnel(client)
    assert error_of(client.post(TUNNELS, json={"name": "db"})) == (409, 1013)
    other = tunnel(client, name="other")
    assert error_of(client.patch(f"{TUNNELS}/{other['id']}", json={"name": "db"})) == (409, 1013)


def test_a_patch_changes_only_the_given_fields(client: httpx.Client) -> None:
    new = tunnel(client)
    path = f"{TUNNELS}/{new['id']}"
    before = result(client.get(f"{path}/token"))
    assert result(client.patch(path, json={"name": "renamed"})) == {**new, "name": "renamed"}
    assert result(client.get(f"{path}/token")) == before
    client.patch(path, json={"tunnel_secret": SECRET})
    assert result(client.get(f"{path}/token")) != before


@pytest.mark.parametrize("suffix", ["", "/token", "/configurations"])
def test_an_unknown_tunnel_is_404(client: httpx.Client, suffix: str) -> None:
    assert error_of(client.get(f"{TUNNELS}/{uuid.uuid4()}{suffix}")) == (404, 1002)


def test_the_status_of_a_connector_can_be_set(client: httpx.Client) -> None:
    path = f"{TUNNELS}/{(new := tunnel(client))['id']}"
    other = tunnel(client, name="other")
    turn(client, "healthy", new["id"]).raise_for_status()
    now = result(client.get(path))
    assert (now["status"], len(now["connections"]), now["conns_inactive_at"]) == ("healthy", 1, None)
    assert result(client.get(f"{TUNNELS}/{other['id']}"))["status"] == "inactive"
    turn(client, "down", new["id"])
    assert result(client.get(path))["conns_inactive_at"]


def test_the_status_of_all_existing_and_new_tunnels_can_be_set(client: httpx.Client) -> None:
    new = tunnel(client)
    turn(client, "healthy").raise_for_status()
    assert result(client.get(f"{TUNNELS}/{new['id']}"))["status"] == "healthy"
    assert tunnel(client, name="later")["status"] == "healthy"
    client.post("/__localcloud/reset").raise_for_status()
    assert tunnel(client)["status"] == "inactive"


def test_an_emulator_can_be_started_with_a_tunnel_status(start: Start) -> None:
    assert tunnel(start(tunnel_status=TunnelStatus.HEALTHY).client)["status"] == "healthy"


def test_an_unknown_status_is_rejected(client: httpx.Client) -> None:
    answer = turn(client, "asleep")
    assert answer.status_code == 400
    assert "healthy" in answer.json()["error"]
    assert turn(client, "healthy", str(uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("status", ["healthy", "degraded"])
def test_a_tunnel_with_active_connections_cannot_be_deleted(client: httpx.Client, status: str) -> None:
    path = f"{TUNNELS}/{(new := tunnel(client))['id']}"
    turn(client, status, new["id"])
    answer = client.delete(path)
    assert error_of(answer) == (400, 1022)
    assert "active connections" in message(answer)
    turn(client, "down", new["id"])
    assert result(client.delete(path))["deleted_at"]


def test_a_deleted_tunnel_is_readable_and_cannot_be_changed(client: httpx.Client) -> None:
    path = f"{TUNNELS}/{tunnel(client)['id']}"
    result(client.delete(path))
    assert result(client.get(path))["deleted_at"]
    assert result(client.get(TUNNELS)) == []
    assert error_of(client.patch(path, json={"name": "renamed"})) == (404, 1002)
    assert error_of(client.delete(path)) == (404, 1002)
    assert tunnel(client)["deleted_at"] is None


def test_a_tunnel_of_a_service_cannot_be_deleted(client: httpx.Client) -> None:
    new = tunnel(client)
    host = {"ipv4": "10.0.0.5", "network": {"tunnel_id": new["id"]}}
    services = f"/accounts/{ACCOUNT}/connectivity/directory/services"
    service = result(client.post(services, json={"name": "db", "type": "tcp", "host": host}))["service_id"]
    assert error_of(client.delete(f"{TUNNELS}/{new['id']}")) == (400, 1022)
    client.delete(f"{services}/{service}")
    result(client.delete(f"{TUNNELS}/{new['id']}"))


def test_a_configuration_is_returned_unchanged(client: httpx.Client) -> None:
    new = tunnel(client)
    path = f"{TUNNELS}/{new['id']}/configurations"
    assert error_of(client.get(path)) == (404, 1055)
    first = result(put(client, new["id"], RULE, CATCH_ALL))
    assert first["config"] == {"ingress": [RULE, CATCH_ALL]}
    assert (first["version"], first["tunnel_id"], first["source"]) == (1, new["id"], "cloudflare")
    assert result(client.get(path)) == first
    second = result(put(client, new["id"], CATCH_ALL))
    assert (second["version"], second["created_at"]) == (2, first["created_at"])


def test_a_configuration_is_deleted_with_its_tunnel(client: httpx.Client) -> None:
    new = tunnel(client)
    put(client, new["id"], CATCH_ALL)
    client.delete(f"{TUNNELS}/{new['id']}")
    assert not any(client.get("/__localcloud/store").json().values())


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ((RULE,), "The last ingress rule must match all URLs"),
        (({**CATCH_ALL, "path": "/x"},), "The last ingress rule must match all URLs"),
        ((CATCH_ALL, RULE, CATCH_ALL), "Rule #1 is matching"),
        ((), "doesn't contain any ingress rules"),
        (({"hostname": "db.example.com"}, CATCH_ALL), "has no `service`"),
        (({**RULE, "service": "10.0.0.5:5432"}, CATCH_ALL), "invalid address"),
        (({**RULE, "service": "tcp://db/app"}, CATCH_ALL), "different path"),
        (({**RULE, "hostname": "db.*.example.com"}, CATCH_ALL), "wildcard"),
        (({**RULE, "hostname": "db.example.com:5432"}, CATCH_ALL), "cannot contain a port"),
    ],
)
def test_rules_that_cloudflared_rejects_are_rejected(
    client: httpx.Client, rules: tuple[dict[str, Any], ...], problem: str
) -> None:
    answer = put(client, tunnel(client)["id"], *rules)
    assert error_of(answer) == (400, 1056)
    assert problem in message(answer)
