"""Accounts, tokens, address ranges and zones over the wire."""

import ipaddress

import httpx
import pytest

from localcloud.cloudflare.zones import zone_id_of, zone_of_host
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, config, error_of, result
from tests.localcloud.cloudflare.conftest import Start


@pytest.mark.parametrize("path", ["/user/tokens/verify", f"/accounts/{ACCOUNT}/tokens/verify"])
def test_the_token_is_valid_and_active(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert result(answer)["status"] == "active"
    assert answer.json()["messages"][0]["code"] == 10000


def test_every_account_exists(client: httpx.Client) -> None:
    assert result(client.get(f"/accounts/{ACCOUNT}"))["id"] == ACCOUNT


def test_accounts_with_records_are_listed(client: httpx.Client) -> None:
    client.post(CONFIGS, json=config())
    assert [account["id"] for account in result(client.get("/accounts"))] == [ACCOUNT, "local"]


def test_the_address_ranges_need_no_token(client: httpx.Client) -> None:
    ranges = result(client.get("/ips", headers={"authorization": ""}))
    assert all(ipaddress.IPv4Network(each) for each in ranges["ipv4_cidrs"])
    assert all(ipaddress.IPv6Network(each) for each in ranges["ipv6_cidrs"])


def test_known_zones_are_listed_and_found_by_id(start: Start) -> None:
    client = start(zones=("example.com", "acme.example")).client
    listed = result(client.get("/zones"))
    assert [zone["name"] for zone in listed] == ["example.com", "acme.example"]
    assert [result(client.get(f"/zones/{zone['id']}")) for zone in listed] == listed


def test_every_other_name_is_accepted_as_a_zone(client: httpx.Client) -> None:
    (zone,) = result(client.get("/zones", params={"name": "somebody.example"}))
    assert (zone["name"], zone["id"]) == ("somebody.example", zone_id_of("somebody.example"))


def test_every_other_id_is_accepted_as_a_zone(client: httpx.Client) -> None:
    assert result(client.get(f"/zones/{'f' * 32}"))["id"] == "f" * 32


@pytest.mark.parametrize("zone_id", ["example.com", "f" * 31, "F" * 32])
def test_a_zone_id_of_an_invalid_form_is_rejected(client: httpx.Client, zone_id: str) -> None:
    assert error_of(client.get(f"/zones/{zone_id}")) == (404, 7003)


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("a.eu.example.com", "eu.example.com"),
        ("a.b.other.net", "other.net"),
    ],
)
def test_a_host_belongs_to_the_longest_known_zone_or_that_of_its_last_two_labels(host: str, zone: str) -> None:
    assert zone_of_host(host, ("example.com", "eu.example.com")) == zone
