"""Certificates and network routes to private databases, with the emulator."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.zones import zone_id_of
from localcloud.postgres import Postgres
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.provider.cases import ACCOUNT, IN_ACCOUNT, token_of
from tests.localcloud.provider.conftest import TOKEN, rejected
from tests.localcloud.provider.emulator import running, stored
from tests.localcloud.provider.engine import Deployed, Engine, secret
from tests.localcloud.provider.test_against_emulator import hyperdrive, live

TUNNEL = token_of("ZeroTrustTunnelCloudflared")
TUNNEL_CONFIG = token_of("ZeroTrustTunnelCloudflaredConfig")
SERVICE_TOKEN = token_of("ZeroTrustAccessServiceToken")
POLICY = token_of("ZeroTrustAccessPolicy")
APPLICATION = token_of("ZeroTrustAccessApplication")
SERVICE = token_of("ConnectivityDirectoryService")
CERTIFICATE = token_of("MtlsCertificate")
RECORD = token_of("DnsRecord")
HYPERDRIVE = token_of("HyperdriveConfig")

CLIENT = create_certificate("a client")
HOST = "db.example.com"
SECRET = base64.b64encode(b"tunnel-secret-of-more-than-32-bytes").decode()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path / "cloudflare.json", TOKEN) as address:
        yield address


@pytest.fixture
def engine(provider_port: int, emulator: str) -> Engine:
    engine = Engine.attach(provider_port)
    engine.configure(apiToken=TOKEN, baseUrl=f"{emulator}/client/v4")
    return engine


@pytest.fixture
def tunnel(engine: Engine) -> Deployed:
    return engine.create(TUNNEL, {**IN_ACCOUNT, "name": "db", "configSrc": "cloudflare"})


@pytest.fixture
def service_token(engine: Engine) -> Deployed:
    return engine.create(SERVICE_TOKEN, {**IN_ACCOUNT, "name": "hyperdrive", "duration": "forever"})


def connect(emulator: str, status: str = "healthy") -> None:
    url, headers = f"{emulator}/__localcloud/tunnels", {"Authorization": f"Bearer {TOKEN}"}
    httpx.post(url, headers=headers, json={"status": status}, trust_env=False).raise_for_status()


def service(tunnel: Deployed, **changes: Any) -> dict[str, Any]:
    host = {"ipv4": "10.0.0.5", "network": {"tunnelId": tunnel.id}}
    inputs = {"name": "db", "type": "tcp", "host": host, "tcpPort": 5432, "appProtocol": "postgresql"}
    return {**IN_ACCOUNT, **inputs, **changes}


def rules(tunnel: Deployed, *targets: str) -> dict[str, Any]:
    ingresses: list[dict[str, Any]] = [{"hostname": HOST, "service": target} for target in targets]
    config = {"ingresses": [*ingresses, {"service": "http_status:404"}]}
    return {**IN_ACCOUNT, "tunnelId": tunnel.id, "config": config}


def policy(token: Deployed, **changes: Any) -> dict[str, Any]:
    rule = {"serviceToken": {"tokenId": token.id}}
    return {**IN_ACCOUNT, "name": "db", "decision": "non_identity", "includes": [rule], **changes}


def application(policy: Deployed, **changes: Any) -> dict[str, Any]:
    policies = [{"id": policy.id, "precedence": 1}]
    return {**IN_ACCOUNT, "name": "db", "type": "self_hosted", "domain": HOST, "policies": policies, **changes}


def record(tunnel: Deployed, **changes: Any) -> dict[str, Any]:
    content = f"{tunnel.id}.cfargotunnel.com"
    name = {"zoneId": zone_id_of("example.com"), "name": HOST, "type": "CNAME"}
    return {**name, "content": content, "ttl": 1, "proxied": True, **changes}


def test_a_ca_has_no_drift(engine: Engine, postgres: Postgres):
    live(engine, CERTIFICATE, {**IN_ACCOUNT, "ca": True, "certificates": postgres.ca_file.read_text()}, {})


def test_a_client_certificate_has_no_drift_and_its_key_is_secret(engine: Engine):
    inputs = {**IN_ACCOUNT, "ca": False, "certificates": CLIENT.certificate, "privateKey": secret(CLIENT.key)}
    deployed = engine.create(CERTIFICATE, inputs)
    assert deployed.secrets == deployed.secret_inputs == {"privateKey"}
    refreshed = engine.refresh(deployed)
    assert refreshed == deployed
    assert deployed.state["serialNumber"] == "4711"


def test_the_error_about_a_wrong_key_does_not_contain_it(engine: Engine):
    other = create_certificate("another")
    inputs = {**IN_ACCOUNT, "ca": False, "certificates": CLIENT.certificate, "privateKey": secret(other.key)}
    with rejected("2200") as messages:
        engine.create(CERTIFICATE, inputs)
    assert other.key not in messages[0]


def test_a_tunnel_has_no_drift(engine: Engine):
    inputs = {**IN_ACCOUNT, "name": "db", "configSrc": "cloudflare", "tunnelSecret": secret(SECRET)}
    deployed = engine.create(TUNNEL, inputs)
    assert engine.refresh(deployed) == deployed
    assert not engine.diff(deployed, inputs).changes
    renamed = engine.update(deployed, {**inputs, "name": "renamed"})
    assert engine.refresh(renamed) == renamed


def test_the_configuration_source_of_a_tunnel_cannot_be_changed(engine: Engine, tunnel: Deployed):
    changed = {**tunnel.inputs, "configSrc": "local"}
    assert engine.diff(tunnel, changed).replaces == ["configSrc"]


def test_the_token_of_a_tunnel_is_secret(engine: Engine, tunnel: Deployed):
    name = "getZeroTrustTunnelCloudflaredToken"
    found = engine.invoke(f"cloudflare:index/{name}:{name}", {**IN_ACCOUNT, "tunnelId": tunnel.id})
    assert tunnel.id in base64.b64decode(found.values["token"]).decode()
    assert ("token",) in found.secrets


def test_a_connected_tunnel_cannot_be_deleted_and_a_deleted_one_is_still_found(
    engine: Engine, emulator: str, tunnel: Deployed
):
    connect(emulator)
    with rejected("1022", "active connections"):
        engine.delete(tunnel)
    connect(emulator, "down")
    engine.delete(tunnel)
    refreshed = engine.refresh(tunnel)
    assert refreshed  # the official plugin does not look at `deletedAt`
    assert refreshed.state["deletedAt"]
    with rejected("1002", "Tunnel not found"):
        engine.delete(refreshed)


def test_a_configuration_of_a_tunnel_is_deleted_with_the_tunnel(engine: Engine, tunnel: Deployed):
    inputs, changed = rules(tunnel, "tcp://10.0.0.5:5432"), rules(tunnel, "tcp://10.0.0.6:5432")
    deployed = engine.create(TUNNEL_CONFIG, inputs)
    assert engine.refresh(deployed) == deployed
    assert not engine.diff(deployed, inputs).changes
    updated = engine.update(deployed, changed)
    assert engine.refresh(updated) == updated
    engine.delete(updated)
    assert engine.refresh(updated) == updated  # the official plugin deletes nothing either
    engine.delete(tunnel)
    assert engine.refresh(updated) is None


def test_a_configuration_without_a_catch_all_is_reported(engine: Engine, tunnel: Deployed):
    config = {"ingresses": [{"hostname": HOST, "service": "tcp://10.0.0.5:5432"}]}
    with rejected("1056", "The last ingress rule"):
        engine.create(TUNNEL_CONFIG, {**IN_ACCOUNT, "tunnelId": tunnel.id, "config": config})


def test_a_service_is_created_read_changed_and_deleted(engine: Engine, tunnel: Deployed):
    changed = service(tunnel, tcpPort=5433, tlsSettings={"certVerificationMode": "disabled"})
    live(engine, SERVICE, service(tunnel), changed)


def test_a_service_without_its_tunnel_is_reported(engine: Engine, tunnel: Deployed):
    engine.delete(tunnel)
    with rejected("5101", "Tunnel ID Not Found"):
        engine.create(SERVICE, service(tunnel))


def test_the_secret_of_a_service_token_is_only_in_the_state(engine: Engine, service_token: Deployed):
    assert service_token.secrets == {"clientSecret"}
    refreshed = engine.refresh(service_token)
    assert refreshed == service_token
    assert refreshed.state["clientSecret"]


def test_a_service_token_has_no_drift(engine: Engine):
    inputs = {**IN_ACCOUNT, "name": "hyperdrive", "duration": "8760h"}
    live(engine, SERVICE_TOKEN, inputs, {**inputs, "name": "renamed"})


def test_a_higher_version_of_the_secret_creates_a_new_secret(engine: Engine, service_token: Deployed):
    renamed = engine.update(service_token, {**service_token.inputs, "name": "renamed"})
    assert renamed.state["clientSecret"] == service_token.state["clientSecret"]
    rotation = {"clientSecretVersion": 2, "previousClientSecretExpiresAt": "2030-01-01T00:00:00Z"}
    rotated = engine.update(renamed, {**renamed.inputs, **rotation})
    assert rotated.state["clientSecret"] != service_token.state["clientSecret"]
    assert rotated.secrets == {"clientSecret"}
    assert engine.refresh(rotated) == rotated


def test_a_policy_is_created_read_changed_and_deleted(engine: Engine, service_token: Deployed):
    changed = policy(service_token, includes=[{"anyValidServiceToken": {}}], sessionDuration="1h")
    live(engine, POLICY, policy(service_token), changed)


def test_a_token_in_a_policy_cannot_be_deleted(engine: Engine, service_token: Deployed):
    rule = engine.create(POLICY, policy(service_token))
    with rejected("12139", "A policy of Access still refers"):
        engine.delete(service_token)
    engine.delete(rule)
    engine.delete(service_token)


def test_an_application_has_no_drift(engine: Engine, service_token: Deployed):
    rule = engine.create(POLICY, policy(service_token))
    inputs = application(rule, sessionDuration="0s", appLauncherVisible=False, serviceAuth401Redirect=True)
    live(engine, APPLICATION, inputs, {**inputs, "name": "renamed", "policies": []})


def test_a_record_is_created_read_changed_and_deleted(engine: Engine, tunnel: Deployed):
    live(engine, RECORD, record(tunnel), record(tunnel, proxied=False, ttl=300))


def test_a_host_in_use_is_reported(engine: Engine, tunnel: Deployed):
    engine.create(RECORD, record(tunnel))
    with rejected("81053", "already exists"):
        engine.create(RECORD, record(tunnel))


def test_hyperdrive_behind_a_service_has_no_drift(engine: Engine, emulator: str, tunnel: Deployed, postgres: Postgres):
    connect(emulator)
    unverified = {"tlsSettings": {"certVerificationMode": "disabled"}, "tcpPort": postgres.port}
    host = {"ipv4": "127.0.0.1", "network": {"tunnelId": tunnel.id}}
    create_certificate = engine.create(SERVICE, service(tunnel, host=host, **unverified))
    inputs = private(postgres, serviceId=create_certificate.id)
    live(engine, HYPERDRIVE, inputs, {**inputs, "originConnectionLimit": 30})


def test_hyperdrive_behind_access_has_no_drift(
    engine: Engine, emulator: str, tunnel: Deployed, service_token: Deployed, postgres: Postgres
):
    connect(emulator)
    engine.create(TUNNEL_CONFIG, rules(tunnel, f"tcp://127.0.0.1:{postgres.port}"))
    engine.create(RECORD, record(tunnel))
    engine.create(APPLICATION, application(engine.create(POLICY, policy(service_token))))
    token = {
        "accessClientId": service_token.state["clientId"],
        "accessClientSecret": secret(service_token.state["clientSecret"]),
    }
    inputs = private(postgres, host=HOST, **token)
    live(engine, HYPERDRIVE, inputs, {**inputs, "originConnectionLimit": 30})


def test_hyperdrive_without_its_tunnel_is_reported_and_not_stored(
    engine: Engine, emulator: str, tunnel: Deployed, postgres: Postgres
):
    create_certificate = engine.create(SERVICE, service(tunnel))
    with rejected("2010", "inactive"):
        engine.create(HYPERDRIVE, private(postgres, serviceId=create_certificate.id))
    assert "hyperdrive" not in stored(emulator, TOKEN)


def private(postgres: Postgres, **route: Any) -> dict[str, Any]:
    """Returns the inputs of a configuration with another network route."""
    inputs = hyperdrive(postgres)
    origin = {key: value for key, value in inputs["origin"].items() if key not in ("host", "port")}
    return {**inputs, "accountId": ACCOUNT, "origin": {**origin, **route}}
