"""Calls of the Python SDK to the endpoints of accounts, zones, DNS, tunnels, VPC services and Access.

The SDK has the type `Any`, because its types accept no dictionary in a variable.
"""

from typing import Any

from tests.localcloud.clients.scripts_calls import ZONE
from tests.localcloud.cloudflare.api import ACCOUNT


def account(sdk: Any) -> None:
    ranges = sdk.ips.list()
    assert ranges is not None
    token = sdk.user.tokens.verify()
    assert token is not None
    assert token.status == "active"
    sdk.accounts.tokens.verify(account_id=ACCOUNT)
    sdk.user.get()
    assert [each.id for each in sdk.accounts.list()] == ["local"]
    assert len(list(sdk.memberships.list())) == 1
    sdk.accounts.get(account_id=ACCOUNT)


def zones(sdk: Any) -> None:
    (zone,) = sdk.zones.list(name="example.com")
    assert zone.id == ZONE
    found = sdk.zones.get(zone_id=ZONE)
    assert found is not None
    assert found.name == "example.com"


def dns(sdk: Any) -> None:
    records = sdk.dns.records
    where = {"zone_id": ZONE, "name": "a.example.com", "type": "A", "ttl": 1}
    created = records.create(**where, content="192.0.2.1")
    assert created is not None
    records.update(created.id, **where, content="192.0.2.2")
    records.edit(created.id, zone_id=ZONE, name="a.example.com", type="A", ttl=1, content="192.0.2.3")
    assert [each.content for each in records.list(zone_id=ZONE)] == ["192.0.2.3"]
    records.get(created.id, zone_id=ZONE)
    records.delete(created.id, zone_id=ZONE)


def tunnels(sdk: Any) -> None:
    tunnels = sdk.zero_trust.tunnels.cloudflared
    tunnel = tunnels.create(account_id=ACCOUNT, name="db", config_src="cloudflare")
    assert tunnel.id is not None
    tunnels.edit(tunnel.id, account_id=ACCOUNT, name="other")
    assert [each.name for each in tunnels.list(account_id=ACCOUNT)] == ["other"]
    tunnels.get(tunnel.id, account_id=ACCOUNT)
    assert len(tunnels.token.get(tunnel.id, account_id=ACCOUNT)) > 100
    ingress = [
        {"hostname": "db.example.com", "service": "tcp://10.0.0.5:5432"},
        {"hostname": "", "service": "http_status:404"},
    ]
    tunnels.configurations.update(tunnel.id, account_id=ACCOUNT, config={"ingress": ingress})
    configuration = tunnels.configurations.get(tunnel.id, account_id=ACCOUNT)
    assert configuration is not None
    assert configuration.tunnel_id == tunnel.id
    tunnels.delete(tunnel.id, account_id=ACCOUNT)


def vpc_services(sdk: Any) -> None:
    tunnel = sdk.zero_trust.tunnels.cloudflared.create(account_id=ACCOUNT, name="db")
    services = sdk.connectivity.directory.services
    sent = {"account_id": ACCOUNT, "type": "tcp", "tcp_port": 5432, "app_protocol": "postgresql"}
    sent["host"] = {"ipv4": "10.0.0.5", "network": {"tunnel_id": tunnel.id}}
    service = services.create(**sent, name="db")
    assert service is not None
    assert service.service_id is not None
    services.update(service.service_id, **sent, name="other")
    assert [each.name for each in services.list(account_id=ACCOUNT)] == ["other"]
    services.get(service.service_id, account_id=ACCOUNT)
    services.delete(service.service_id, account_id=ACCOUNT)


def access_of_an_account(sdk: Any) -> None:
    _access(sdk, {"account_id": ACCOUNT})
    tokens = sdk.zero_trust.access.service_tokens
    token = tokens.create(account_id=ACCOUNT, name="rotating")
    assert token is not None
    assert token.id is not None
    rotated = tokens.rotate(token.id, account_id=ACCOUNT)
    assert rotated is not None
    assert rotated.client_secret != token.client_secret
    tokens.refresh(token.id, account_id=ACCOUNT)


def access_of_a_zone(sdk: Any) -> None:
    _access(sdk, {"zone_id": ZONE})


def _access(sdk: Any, scope: dict[str, str]) -> None:
    access = sdk.zero_trust.access
    token = access.service_tokens.create(**scope, name="db")
    access.service_tokens.update(token.id, **scope, name="hyperdrive")
    assert [each.name for each in access.service_tokens.list(**scope)] == ["hyperdrive"]
    access.service_tokens.get(token.id, **scope)
    rule = {"service_token": {"token_id": token.id}}
    policy = access.policies.create(account_id=ACCOUNT, name="db", decision="non_identity", include=[rule])
    sent = {
        **scope,
        "type": "self_hosted",
        "domain": "db.example.com",
        "policies": [{"id": policy.id, "precedence": 1}],
    }
    application = access.applications.create(**sent, name="db")
    access.applications.update(application.id, **sent, name="other")
    assert [each.name for each in access.applications.list(**scope)] == ["other"]
    access.applications.get(application.id, **scope)
    access.applications.delete(application.id, **scope)
    every_token: dict[str, Any] = {"any_valid_service_token": {}}
    access.policies.update(policy.id, account_id=ACCOUNT, name="other", decision="non_identity", include=[every_token])
    assert [each.name for each in access.policies.list(account_id=ACCOUNT)] == ["other"]
    access.policies.get(policy.id, account_id=ACCOUNT)
    access.policies.delete(policy.id, account_id=ACCOUNT)
    access.service_tokens.delete(token.id, **scope)


CALLS = (account, zones, dns, tunnels, vpc_services, access_of_an_account, access_of_a_zone)
