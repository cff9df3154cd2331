"""Network routes that exist at Cloudflare are imported by the steps of `docs/adoption.md`."""

from typing import Any

import httpx
import pytest

from tests.engine.adoption import ZONE, Adopted, Existing, adopt
from tests.engine.deployment import Deployment
from tests.engine.test_private_routes import connect

pytestmark = pytest.mark.engine

NAME, HOST = "shop-db", "tunnel.example.com"
VPC = {"kind": "vpc-service", "connector": "none", "name": NAME, "certificateVerification": "disabled"}
ACCESS = {"kind": "access-tunnel", "connector": "none", "name": NAME, "hostname": HOST, "zoneId": ZONE}


def with_route(deployment: Deployment, route: dict[str, Any]) -> Deployment:
    """The stack without a Worker, with its database behind a route."""

    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:workers"]
        main = config["edge-postgres:databases"]["main"]
        main["route"] = route
        main["hyperdrive"]["configName"] = NAME

    return deployment.changed(change)


def create_tunnel(existing: Existing) -> str:
    """Creates a tunnel as the dashboard does, whose connector runs. Returns its ID."""
    tunnel: str = existing.at_account("POST", "cfd_tunnel", json={"name": NAME, "config_src": "cloudflare"})["id"]
    existing.note("ZeroTrustTunnelCloudflared", "main-tunnel", TUNNEL_ID=tunnel)
    connect(existing.deployment)
    return tunnel


def check(existing: Existing, adopted: Adopted) -> None:
    """Completes the import, and checks that the tunnel and its token are the same as before."""
    (tunnel,) = existing.deployment.stored()["tunnels"]
    token = existing.at_account("GET", f"cfd_tunnel/{tunnel}/token")
    adopted.complete()
    assert existing.deployment.stored()["tunnels"] == [tunnel]
    assert existing.at_account("GET", f"cfd_tunnel/{tunnel}/token") == token


def test_a_vpc_service_is_imported_with_its_tunnel_which_stays_connected(deployment: Deployment) -> None:
    existing = Existing(with_route(deployment, VPC))
    tunnel = create_tunnel(existing)
    url = httpx.URL(deployment.url)
    host = {"ipv4": "127.0.0.1", "network": {"tunnel_id": tunnel}}
    if url.host == "localhost":
        host = {"hostname": "localhost", "resolver_network": {"tunnel_id": tunnel}}
    service = existing.at_account(
        "POST",
        "connectivity/directory/services",
        json={
            "name": NAME,
            "type": "tcp",
            "app_protocol": "postgresql",
            "tcp_port": url.port or 5432,
            "host": host,
            "tls_settings": {"cert_verification_mode": "disabled"},
        },
    )["service_id"]
    existing.note("ConnectivityDirectoryService", "main-vpc-service", SERVICE_ID=service)
    existing.create_configuration(NAME, route={"service_id": service})
    before = deployment.stored()
    adopted = adopt(existing)
    assert adopted.unexpected() == {}
    check(existing, adopted)
    assert deployment.stored() == before


def test_an_access_tunnel_is_imported_and_gets_a_new_service_token(deployment: Deployment) -> None:
    existing = Existing(with_route(deployment, ACCESS))
    tunnel = create_tunnel(existing)
    url = httpx.URL(deployment.url)
    rules = [{"hostname": HOST, "service": f"tcp://{url.host}:{url.port or 5432}"}, {"service": "http_status:404"}]
    existing.at_account("PUT", f"cfd_tunnel/{tunnel}/configurations", json={"config": {"ingress": rules}})
    existing.note("ZeroTrustTunnelCloudflaredConfig", "main-ingress", TUNNEL_ID=tunnel)
    token = existing.at_account("POST", "access/service_tokens", json={"name": NAME, "duration": "forever"})
    allowed = [{"service_token": {"token_id": token["id"]}}]
    rule = {"name": NAME, "decision": "non_identity", "include": allowed}
    policy = existing.at_account("POST", "access/policies", json=rule)["id"]
    existing.note("ZeroTrustAccessPolicy", "main-access-policy", POLICY_ID=policy)
    application = existing.at_account(
        "POST",
        "access/apps",
        json={
            "name": NAME,
            "type": "self_hosted",
            "destinations": [{"type": "public", "uri": HOST}],
            "policies": [{"id": policy, "precedence": 1}],
            "session_duration": "0s",
            "app_launcher_visible": False,
        },
    )["id"]
    existing.note("ZeroTrustAccessApplication", "main-access-application", APPLICATION_ID=application)
    target = {"name": HOST, "type": "CNAME", "content": f"{tunnel}.cfargotunnel.com", "proxied": True, "ttl": 1}
    record = existing.request("POST", f"zones/{ZONE}/dns_records", json=target)["id"]
    existing.note("DnsRecord", HOST, RECORD_ID=record)
    secret = {"access_client_id": token["client_id"], "access_client_secret": token["client_secret"]}
    config = existing.create_configuration(NAME, route={"host": HOST, **secret})
    before = deployment.stored()

    adopted = adopt(existing)
    assert adopted.unexpected(**{"ZeroTrustAccessServiceToken main-access-token": "create"}) == {}
    check(existing, adopted)
    (new,) = set(deployment.stored()["access_service_tokens"]) - {token["id"]}
    assert {**deployment.stored(), "access_service_tokens": [token["id"]]} == before
    used = existing.at_account("GET", f"hyperdrive/configs/{config}")["origin"]["access_client_id"]
    assert used == existing.at_account("GET", f"access/service_tokens/{new}")["client_id"]
