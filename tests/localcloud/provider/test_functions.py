"""Functions that a program calls."""

import pytest

from tests.localcloud.provider.cases import ACCOUNT, ZONE, A, Z
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import Answer, FakeApi

GET_ZONE = "cloudflare:index/getZone:getZone"


def test_the_networks_of_cloudflare(engine: Engine, api: FakeApi):
    api.script("GET ips", Answer(result={"etag": "e", "ipv4_cidrs": ["192.0.2.0/24"], "ipv6_cidrs": []}))
    result = engine.invoke("cloudflare:index/getIpRanges:getIpRanges", {}).values
    assert (result["etag"], result["ipv4Cidrs"], result["ipv6Cidrs"]) == ("e", ["192.0.2.0/24"], [])


def test_a_zone_by_its_id(engine: Engine, api: FakeApi):
    api.script(f"GET {Z}", Answer(result={"id": ZONE, "name": "example.com", "name_servers": ["ns1"]}))
    result = engine.invoke(GET_ZONE, {"zoneId": ZONE}).values
    assert (result["zoneId"], result["name"], result["nameServers"]) == (ZONE, "example.com", ["ns1"])


def test_a_zone_by_its_name_and_account(engine: Engine, api: FakeApi):
    api.script("GET zones", Answer(result=[{"id": ZONE, "name": "example.com"}]))
    result = engine.invoke(GET_ZONE, {"filter": {"name": "example.com", "account": {"id": ACCOUNT}}}).values
    assert result["zoneId"] == ZONE
    assert set(api.last.query.split("&")) == {"name=example.com", f"account.id={ACCOUNT}"}


@pytest.mark.parametrize("found", [[], [{"id": "1"}, {"id": "2"}]])
def test_a_filter_must_find_one_zone(engine: Engine, api: FakeApi, found: list):
    api.script("GET zones", Answer(result=found))
    with rejected(f"finds {len(found)}"):
        engine.invoke(GET_ZONE, {"filter": {"name": "example.com"}})


def test_the_stores_of_an_account(engine: Engine, api: FakeApi):
    api.script(f"GET {A}/secrets_store/stores", Answer(result=[{"id": "s1", "name": "default_secrets_store"}]))
    result = engine.invoke("cloudflare:index/getSecretsStores:getSecretsStores", {"accountId": ACCOUNT}).values
    assert result["results"] == [{"id": "s1", "name": "default_secrets_store"}]


def test_the_token_of_a_tunnel_is_secret(engine: Engine, api: FakeApi):
    name = "getZeroTrustTunnelCloudflaredToken"
    api.script(f"GET {A}/cfd_tunnel/t1/token", Answer(result="tunnel-token"))
    result = engine.invoke(f"cloudflare:index/{name}:{name}", {"accountId": ACCOUNT, "tunnelId": "t1"})
    assert result.values["token"] == "tunnel-token"
    assert ("token",) in result.secrets


def test_an_unsupported_function_is_rejected(engine: Engine):
    with rejected("getLists", "LOCALCLOUD_PROVIDERS=official"):
        engine.invoke("cloudflare:index/getLists:getLists", {})
