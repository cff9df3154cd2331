"""DNS records, and the hosts that they take from each other."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.zones import zone_id_of
from tests.localcloud.cloudflare.api import DOMAINS, refused, result, upload

ZONE = zone_id_of("example.com")
RECORDS = f"/zones/{ZONE}/dns_records"
TUNNEL = "0199f0f0-0000-7000-8000-000000000000.cfargotunnel.com"


def cname(**changes: Any) -> dict[str, Any]:
    return {"type": "CNAME", "name": "db.example.com", "content": TUNNEL, "proxied": True, "ttl": 1, **changes}


def address(kind: str = "A", **changes: Any) -> dict[str, Any]:
    content = "192.0.2.1" if kind == "A" else "2001:db8::1"
    return cname(**{"type": kind, "content": content, **changes})


def test_a_record_lives(client: httpx.Client) -> None:
    created = result(client.post(RECORDS, json=cname(comment="to the tunnel")))
    assert {key: created[key] for key in cname()} == cname()
    assert (created["proxiable"], created["comment"], created["tags"]) == (True, "to the tunnel", [])
    path = f"{RECORDS}/{created['id']}"
    assert result(client.get(path)) == created
    assert result(client.get(RECORDS, params={"name": "db.example.com"})) == [created]
    assert result(client.get(RECORDS, params={"name": "other.example.com"})) == []
    changed = result(client.put(path, json=cname(proxied=False, ttl=300)))
    assert (changed["ttl"], changed["proxied"], changed["comment"]) == (300, False, None)
    assert (changed["id"], changed["created_on"]) == (created["id"], created["created_on"])
    assert result(client.delete(path)) == {"id": created["id"]}
    assert refused(client.get(path)) == (404, 81044)


def test_a_short_name_comes_back_in_full(client: httpx.Client) -> None:
    assert result(client.post(RECORDS, json=cname(name="db")))["name"] == "db.example.com"
    assert result(client.post(RECORDS, json=cname(name="@")))["name"] == "example.com"


def test_a_proxied_record_has_no_ttl_of_its_own(client: httpx.Client) -> None:
    assert result(client.post(RECORDS, json=cname(ttl=300)))["ttl"] == 1


@pytest.mark.parametrize("before", [address(), address("AAAA"), cname(content="other.example.net")])
def test_a_cname_is_alone_with_its_host(client: httpx.Client, before: dict[str, Any]) -> None:
    result(client.post(RECORDS, json=before))
    assert refused(client.post(RECORDS, json=cname())) == (400, 81053)


def test_no_address_comes_beside_a_cname(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=cname()))
    assert refused(client.post(RECORDS, json=address())) == (400, 81054)


def test_a_change_to_a_host_that_is_taken_is_refused_and_changes_nothing(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=cname()))
    other = result(client.post(RECORDS, json=cname(name="other.example.com")))
    assert refused(client.put(f"{RECORDS}/{other['id']}", json=cname())) == (400, 81053)
    assert result(client.get(f"{RECORDS}/{other['id']}")) == other


def test_an_identical_record_is_refused_and_one_of_another_content_is_not(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=address()))
    assert refused(client.post(RECORDS, json=address())) == (400, 81058)
    result(client.post(RECORDS, json=address(content="192.0.2.2")))
    result(client.post(RECORDS, json={"type": "TXT", "name": "db.example.com", "content": "text"}))


def test_the_host_of_a_custom_domain_is_taken(client: httpx.Client) -> None:
    upload(client, "api")
    result(client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"}))
    assert refused(client.post(RECORDS, json=cname(name="api.example.com"))) == (400, 81053)


def test_zones_do_not_see_each_other(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=cname()))
    assert result(client.get(f"/zones/{'0' * 32}/dns_records")) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"type": "X"}, 1004),
        ({"name": "two words"}, 9000),
        ({"name": None}, 9000),
        ({"content": "no host"}, 9007),
        ({"content": None}, 9007),
        ({"type": "A"}, 9005),
        ({"type": "AAAA", "content": "192.0.2.1"}, 9006),
        ({"type": "TXT"}, 9004),
        ({"proxied": False, "ttl": 10}, 9021),
        ({"proxied": False, "ttl": True}, 9021),
    ],
)
def test_a_record_of_wrong_content_is_refused(client: httpx.Client, wrong: dict[str, Any], code: int) -> None:
    assert refused(client.post(RECORDS, json=cname(**wrong))) == (400, code)
