"""The real engine and the real SDKs: a private database behind a tunnel, with both network routes."""

import json
from urllib.parse import urlsplit

import httpx
import pytest

from localcloud.postgres import Postgres
from tests.localcloud.provider.conftest import TOKEN
from tests.localcloud.provider.emulator import stored
from tests.localcloud.provider.test_with_the_engine import Project, project

__all__ = ["project"]
pytestmark = pytest.mark.engine

PROGRAM = """
import pathlib
import pulumi, pulumi_cloudflare as cloudflare

config = pulumi.Config()
account, zone, host = config.require("account"), config.require("zone"), "db.example.com"
port = config.require_int("port")
origin = {"scheme": "postgres", "database": config.require("database"), "user": config.require("user"),
          "password": config.require_secret("password")}
caching = {"disabled": True}

tunnel = cloudflare.ZeroTrustTunnelCloudflared("tunnel", account_id=account, name="db", config_src="cloudflare")
ingresses = [{"hostname": host, "service": f"tcp://127.0.0.1:{port}"}, {"service": "http_status:404"}]
rules = cloudflare.ZeroTrustTunnelCloudflaredConfig(
    "rules", account_id=account, tunnel_id=tunnel.id, config={"ingresses": ingresses}
)
record = cloudflare.DnsRecord(
    "record", zone_id=zone, name=host, type="CNAME", ttl=1, proxied=True,
    content=pulumi.Output.format("{0}.cfargotunnel.com", tunnel.id),
)
rotation = {"previous_client_secret_expires_at": "2030-01-01T00:00:00Z", "client_secret_version": 2}
token = cloudflare.ZeroTrustAccessServiceToken(
    "token", account_id=account, name="hyperdrive", duration="forever",
    **(rotation if config.get_bool("rotated") else {}),
)
policy = cloudflare.ZeroTrustAccessPolicy(
    "policy", account_id=account, name="db", decision="non_identity",
    includes=[{"service_token": {"token_id": token.id}}],
)
def door(*first):
    return cloudflare.ZeroTrustAccessApplication(
        "application", account_id=account, name="db", type="self_hosted", domain=host,
        policies=[{"id": policy.id, "precedence": 1}], opts=pulumi.ResourceOptions(depends_on=first),
    )

def house(*first):
    access = {"host": host, "access_client_id": token.client_id, "access_client_secret": token.client_secret}
    return cloudflare.HyperdriveConfig(
        "access", account_id=account, name="access", caching=caching, origin_connection_limit=5,
        origin={**origin, **access}, opts=pulumi.ResourceOptions(depends_on=[rules, record, *first]),
    )

house(door()) if config.require_bool("door_first") else door(house())
service = cloudflare.ConnectivityDirectoryService(
    "service", account_id=account, name="db", type="tcp", tcp_port=port, app_protocol="postgresql",
    host={"ipv4": "127.0.0.1", "network": {"tunnel_id": tunnel.id}},
    tls_settings={"cert_verification_mode": "disabled"},
)
cloudflare.HyperdriveConfig(
    "vpc", account_id=account, name="vpc", caching=caching, origin_connection_limit=5,
    origin={**origin, "service_id": service.service_id},
)
pem = pathlib.Path("ca.pem").read_text()
certificate = cloudflare.MtlsCertificate("ca", account_id=account, ca=True, name="ca", certificates=pem)
cloudflare.HyperdriveConfig(
    "public", account_id=account, name="public", caching=caching, origin_connection_limit=5,
    origin={**origin, "host": "localhost", "port": port},
    mtls={"sslmode": "verify-full", "ca_certificate_id": certificate.id},
)
pulumi.export("token", cloudflare.get_zero_trust_tunnel_cloudflared_token_output(account, tunnel.id).token)
"""
RESOURCES = 12  # eleven of the program, and the stack


@pytest.fixture
def private(project: Project, postgres: Postgres) -> Project:
    (project.folder / "__main__.py").write_text(PROGRAM)
    url = urlsplit(postgres.url())
    project.set("zone", "0" * 32)
    project.set("port", str(url.port))
    project.set("database", url.path[1:])
    project.set("user", url.username or "")
    project.set("door_first", "true")
    (project.folder / "ca.pem").write_text(postgres.ca_file.read_text())
    return project


def connect(project: Project, status: str = "healthy") -> None:
    url, headers = f"{project.emulator}/__localcloud/tunnels", {"Authorization": f"Bearer {TOKEN}"}
    httpx.post(url, headers=headers, json={"status": status}, trust_env=False).raise_for_status()


def test_private_network_routes_have_no_drift(private: Project):
    connect(private)
    assert private.up() == {"create": RESOURCES}
    assert private.up() == {"same": RESOURCES}
    private.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert private.previewed() == {}
    private.set("rotated", "true")
    assert private.previewed()["token"] == "update"
    assert private.up() == {"same": RESOURCES - 2, "update": 2}
    connect(private, "down")
    private.pulumi("destroy", "--yes", "--skip-preview")
    assert stored(private.emulator, TOKEN) == {}


def test_neither_the_tunnels_token_nor_the_service_tokens_secret_is_readable_in_the_state(private: Project):
    connect(private)
    private.up()
    revealed = json.loads(private.pulumi("stack", "export", "--show-secrets"))["deployment"]["resources"]
    outputs = {resource["urn"].rsplit("::", 1)[1]: resource.get("outputs", {}) for resource in revealed}
    secrets = [outputs["token"]["clientSecret"], outputs["flat-test"]["token"]]
    exported = private.pulumi("stack", "export")
    for secret in (json.loads(each["plaintext"]) for each in secrets):
        assert len(secret) >= 64
        assert secret not in exported


def test_a_tunnel_that_is_not_ready_is_reported_and_the_next_run_continues(private: Project):
    output = private.pulumi("up", "--yes", "--skip-preview", status=1)
    assert "2010" in output
    assert "is inactive: it has no running connector" in output
    connect(private)
    private.up()
    assert len(stored(private.emulator, TOKEN)["hyperdrive"]) == 3


def test_a_program_in_the_wrong_order_is_reported(private: Project):
    connect(private)
    private.set("door_first", "false")
    output = private.pulumi("up", "--yes", "--skip-preview", status=1)
    assert "no Access application protects 'db.example.com'" in output
