"""Fault injection."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import CONFIGS, config, error_of, message, result
from tests.localcloud.cloudflare.conftest import Emulator
from tests.waiting import SECONDS, wait_until

FAULTS = "/__localcloud/faults"


def inject(client: httpx.Client, **rule: Any) -> None:
    client.post(FAULTS, json=[rule]).raise_for_status()


def test_an_injected_error_has_the_format_of_the_api_and_no_effect(client: httpx.Client) -> None:
    inject(client, method="POST", path="*/hyperdrive/configs", status=500, code=10013, message="not today")
    answer = client.post(CONFIGS, json=config())
    assert error_of(answer) == (500, 10013)
    assert message(answer) == "not today"
    assert result(client.get(CONFIGS)) == []


def test_a_rule_applies_to_one_request_by_default(client: httpx.Client) -> None:
    inject(client, status=503)
    assert [client.get(CONFIGS).status_code for _ in range(2)] == [503, 200]


def test_a_rule_applies_as_often_as_configured(client: httpx.Client) -> None:
    inject(client, status=503, times=2)
    assert [client.get(CONFIGS).status_code for _ in range(3)] == [503, 503, 200]


def test_an_unlimited_rule_applies_until_it_is_cleared(client: httpx.Client) -> None:
    inject(client, status=503, times=None)
    assert {client.get(CONFIGS).status_code for _ in range(5)} == {503}
    client.delete(FAULTS)
    assert client.get(CONFIGS).status_code == 200


def test_rules_apply_in_order(client: httpx.Client) -> None:
    client.post(FAULTS, json=[{"status": 500}, {"status": 429}])
    assert [client.get(CONFIGS).status_code for _ in range(3)] == [500, 429, 200]


@pytest.mark.parametrize(
    ("rule", "meets"),
    [
        ({"method": "GET"}, True),
        ({"method": "PUT"}, False),
        ({"path": CONFIGS}, True),
        ({"path": "*/hyperdrive/*"}, True),
        ({"path": "/hyperdrive/*"}, False),
        ({"path": "^/accounts/[0-9a-f]{32}/hyperdrive"}, True),
        ({"path": "^/hyperdrive"}, False),
    ],
)
@pytest.mark.parametrize("base", ["", "/client/v4"])
def test_a_rule_matches_a_method_and_a_path(client: httpx.Client, rule: dict[str, str], meets: bool, base: str) -> None:
    inject(client, status=503, **rule)
    assert (client.get(base + CONFIGS).status_code == 503) is meets


def test_a_retry_delay_is_sent_and_clients_may_retry(client: httpx.Client) -> None:
    inject(client, status=429, retry_after=1.5)
    answer = client.get(CONFIGS)
    assert answer.headers["retry-after"] == "1.5"
    assert "x-should-retry" not in answer.headers


def test_clients_must_not_retry_without_a_retry_delay(client: httpx.Client) -> None:
    inject(client, status=503)
    assert client.get(CONFIGS).headers["x-should-retry"] == "false"


def test_a_rule_can_allow_retries(client: httpx.Client) -> None:
    inject(client, status=503, retry=True)
    assert "x-should-retry" not in client.get(CONFIGS).headers


def test_latency_alone_delays_the_response(client: httpx.Client) -> None:
    inject(client, latency_ms=50)
    assert result(client.get(CONFIGS)) == []
    (logged,) = client.get("/__localcloud/requests").json()["requests"]
    assert logged["ms"] >= 50


def test_deleting_the_rules_ends_the_delay_of_a_waiting_request(emulator: Emulator, client: httpx.Client) -> None:
    inject(client, method="POST", latency_ms=600_000)
    with ThreadPoolExecutor() as other_client:
        waiting = other_client.submit(client.post, CONFIGS, json=config(), timeout=SECONDS)
        wait_until(lambda: emulator.cloud.faults.rules == [])  # the request has taken the rule
        client.delete(FAULTS).raise_for_status()
        assert result(waiting.result())["name"] == "main"


@pytest.mark.parametrize("drop", [True, "before"])
def test_a_connection_dropped_before_the_effect_changes_nothing(client: httpx.Client, drop: Any) -> None:
    inject(client, method="POST", drop=drop)
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(CONFIGS, json=config())
    assert result(client.get(CONFIGS)) == []


def test_a_connection_dropped_after_the_effect_keeps_the_change(client: httpx.Client) -> None:
    inject(client, method="POST", drop="after")
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(CONFIGS, json=config())
    assert [each["name"] for each in result(client.get(CONFIGS))] == ["main"]


def test_a_dropped_request_is_logged_without_a_status(client: httpx.Client) -> None:
    inject(client, method="POST", drop="after")
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(CONFIGS, json=config())
    (logged,) = client.get("/__localcloud/requests").json()["requests"]
    assert (logged["method"], logged["status"]) == ("POST", None)


def test_rules_do_not_apply_to_control_endpoints(client: httpx.Client) -> None:
    inject(client, status=503, times=None)
    assert client.get("/__localcloud/health").json()["status"] == "ok"


def test_the_active_rules_can_be_read(client: httpx.Client) -> None:
    inject(client, status=503, times=3)
    client.get(CONFIGS)
    (rule,) = client.get(FAULTS).json()
    assert (rule["status"], rule["times"]) == (503, 2)


@pytest.mark.parametrize(
    "rule",
    [
        {"statuz": 503},
        {"status": 200},
        {"times": 0},
        {"drop": "sometimes"},
        {"latency_ms": -1},
        {"path": "^("},
    ],
)
def test_the_error_about_an_invalid_rule_is_one_sentence(emulator: Emulator, rule: dict[str, Any]) -> None:
    answer = emulator.client.post(FAULTS, json=[rule])
    assert answer.status_code == 400
    assert next(iter(rule)) in answer.json()["error"]
    assert emulator.cloud.faults.rules == []
