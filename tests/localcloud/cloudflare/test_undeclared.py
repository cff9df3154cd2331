"""The answers for attributes that a request did not set, in each mode of a local cloud."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.undeclared import Answer
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, SCRIPTS, config, result, upload
from tests.localcloud.cloudflare.conftest import Start

PROJECTS = f"/accounts/{ACCOUNT}/pages/projects"
TUNNELS = f"/accounts/{ACCOUNT}/cfd_tunnel"


def set_answer(client: httpx.Client, answer: str | None) -> httpx.Response:
    return client.put("/__localcloud/undeclared", json={"answer": answer})


def read_config(client: httpx.Client, answer: str | None, **changes: Any) -> dict[str, Any]:
    """Creates a configuration, and returns the answer of a later read."""
    set_answer(client, answer).raise_for_status()
    body = config(**changes)
    created = result(client.post(CONFIGS, json={key: value for key, value in body.items() if value is not None}))
    read: dict[str, Any] = result(client.get(f"{CONFIGS}/{created['id']}"))
    return read


def test_without_a_mode_the_emulator_answers_its_defaults(client: httpx.Client) -> None:
    assert read_config(client, None, origin_connection_limit=None)["origin_connection_limit"] == 60


def test_an_undeclared_value_is_omitted(client: httpx.Client) -> None:
    assert "origin_connection_limit" not in read_config(client, "omitted", origin_connection_limit=None)


def test_an_undeclared_object_is_empty(client: httpx.Client) -> None:
    assert read_config(client, "empty")["mtls"] == {}


@pytest.mark.parametrize("answer", [*Answer])
def test_a_declared_value_does_not_change(answer: Answer, client: httpx.Client) -> None:
    assert read_config(client, answer)["origin_connection_limit"] == 10


def test_an_answer_that_is_not_legal_does_not_change(client: httpx.Client) -> None:
    assert read_config(client, "empty", origin_connection_limit=None)["origin_connection_limit"] == 60


def test_a_declared_age_that_equals_the_default_can_be_omitted(client: httpx.Client) -> None:
    caching = {"disabled": False, "max_age": 60, "stale_while_revalidate": 30}
    assert read_config(client, "omitted", caching=caching)["caching"] == {
        "disabled": False,
        "stale_while_revalidate": 30,
    }


def test_an_update_that_removes_a_value_makes_it_undeclared(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    path = f"{CONFIGS}/{created['id']}"
    set_answer(client, "omitted")
    assert result(client.get(path))["origin_connection_limit"] == 10
    updated = result(client.put(path, json={**config(), "origin_connection_limit": None}))
    assert "origin_connection_limit" not in updated


def test_a_patch_keeps_what_earlier_requests_declared(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    set_answer(client, "omitted")
    patched = result(client.patch(f"{CONFIGS}/{created['id']}", json={"name": "other"}))
    assert patched["origin_connection_limit"] == 10


def test_the_settings_of_a_script_have_the_answers_of_the_mode(client: httpx.Client) -> None:
    result(upload(client, observability={"enabled": True, "logs": {"enabled": True, "invocation_logs": True}}))
    path = f"{SCRIPTS}/api/settings"
    found = {}
    for answer in Answer:
        set_answer(client, answer)
        found[answer] = result(client.get(path))
    assert found[Answer.EMPTY]["observability"]["logs"]["destinations"] == []
    assert found[Answer.DEFAULT]["observability"]["head_sampling_rate"] == 1
    assert found[Answer.DEFAULT]["cache_options"] == {"enabled": False, "cross_version_cache": False}


def test_the_elements_of_a_list_have_the_answers_of_the_mode(client: httpx.Client) -> None:
    tunnel = result(client.post(TUNNELS, json={"name": "db", "config_src": "cloudflare"}))
    path = f"{TUNNELS}/{tunnel['id']}/configurations"
    rules = [{"hostname": "db.example.com", "service": "tcp://db:5432"}, {"service": "http_status:404"}]
    result(client.put(path, json={"config": {"ingress": rules}}))
    set_answer(client, "empty")
    answered = result(client.get(path))["config"]
    assert answered["originRequest"] == {}
    assert answered["ingress"] == [
        {**rules[0], "originRequest": {}, "path": ""},
        {**rules[1], "originRequest": {}, "path": "", "hostname": ""},
    ]


def test_a_record_from_before_a_restart_has_the_answers_of_the_emulator(start: Start) -> None:
    created = result(start().client.post(CONFIGS, json=config(origin_connection_limit=20)))
    restarted = start(undeclared=Answer.OMITTED).client
    assert result(restarted.get(f"{CONFIGS}/{created['id']}"))["origin_connection_limit"] == 20


def test_a_reset_restores_the_mode_of_the_settings(client: httpx.Client) -> None:
    set_answer(client, "empty")
    client.post("/__localcloud/reset")
    assert read_config(client, None, origin_connection_limit=None)["origin_connection_limit"] == 60


def test_an_unknown_mode_is_rejected(client: httpx.Client) -> None:
    answer = set_answer(client, "null")
    assert answer.status_code == 400
    assert answer.json() == {"error": "answer: must be null or one of omitted, default, empty, got 'null'"}
