"""DNS records, and conflicts between records of the same host."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.zones import zone_id_of
from tests.localcloud.cloudflare.api import DOMAINS, error_of, result, upload

ZONE = zone_id_of("example.com")
RECORDS = f"/zones/{ZONE}/dns_records"
TUNNEL = "0199f0f0-0000-7000-8000-000000000000.cfargotunnel.com"


def cname(**changes: Any) -> dict[str, Any]:
    return {"type": "CNAME", "name": "db.example.com", "content": TUNNEL, "proxied": True, "ttl": 1, **changes}


def address(kind: str = "A", **changes: Any) -> dict[str, Any]:
    content = "192.0.2.1" if kind == "A" else "2001:db8::1"
    return cname(**{"type": kind, "content": content, **changes})


def test_a_record_is_created_read_changed_and_deleted(client: httpx.Client) -> None:
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
    assert error_of(client.get(path)) == (404, 81044)


def test_a_short_name_is_returned_as_the_full_name(client: httpx.Client) -> None:
    assert result(client.post(RECORDS, json=cname(name="db")))["name"] == "db.example.com"
    assert result(client.post(RECORDS, json=cname(name="@")))["name"] == "example.com"


def test_the_ttl_of_a_proxied_record_is_automatic(client: httpx.Client) -> None:
    assert result(client.post(RECORDS, json=cname(ttl=300)))["ttl"] == 1


@pytest.mark.parametrize("before", [address(), address("AAAA"), cname(content="other.example.net")])
def test_a_second_cname_of_a_host_is_rejected(client: httpx.Client, before: dict[str, Any]) -> None:
    result(client.post(RECORDS, json=before))
    assert error_of(client.post(RECORDS, json=cname())) == (400, 81053)


def test_an_address_record_of_a_host_with_a_cname_is_rejected(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=cname()))
    assert error_of(client.post(RECORDS, json=address())) == (400, 81054)


def test_a_change_to_a_host_in_use_is_rejected_and_changes_nothing(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=cname()))
    other = result(client.post(RECORDS, json=cname(name="other.example.com")))
    assert error_of(client.put(f"{RECORDS}/{other['id']}", json=cname())) == (400, 81053)
    assert result(client.get(f"{RECORDS}/{other['id']}")) == other


def test_only_an_identical_record_is_rejected(client: httpx.Client) -> None:
    result(client.post(RECORDS, json=address()))
    assert error_of(client.post(RECORDS, json=address())) == (400, 81058)
    result(client.post(RECORDS, json=address(content="192.0.2.2")))
    result(client.post(RECORDS, json={"type": "TXT", "name": "db.example.com", "content": "text"}))


def test_a_record_for_the_host_of_a_custom_domain_is_rejected(client: httpx.Client) -> None:
    upload(client, "api")
    result(client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"}))
    assert error_of(client.post(RECORDS, json=cname(name="api.example.com"))) == (400, 81053)


def test_records_of_zones_are_separate(client: httpx.Client) -> None:
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
def test_a_record_with_invalid_content_is_rejected(client: httpx.Client, wrong: dict[str, Any], code: int) -> None:
    assert error_of(client.post(RECORDS, json=cname(**wrong))) == (400, code)
