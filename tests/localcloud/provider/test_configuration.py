"""Configuration of the provider."""

import json
from importlib.metadata import version

import pytest
from pulumi.runtime.proto import provider_pb2

from localcloud.ports import free_port
from localcloud.provider.cloudflare import CLOUDFLARE
from localcloud.provider.server import start_server
from tests.localcloud.provider.cases import ZONE, Z, token_of
from tests.localcloud.provider.conftest import TOKEN, rejected
from tests.localcloud.provider.engine import Engine
from tests.localcloud.provider.fake_api import FakeApi

ROUTE_INPUTS = {"zoneId": ZONE, "pattern": "example.com/*"}


@pytest.fixture
def fresh():
    """An engine that is attached to a provider without configuration."""
    port = free_port()
    server = start_server(CLOUDFLARE, port)
    yield Engine.attach(port)
    server.stop(1).wait()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDFLARE_BASE_URL", raising=False)
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)


def test_the_api_can_be_configured_by_environment_variables(
    fresh: Engine, api: FakeApi, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", api.base_url)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", TOKEN)
    fresh.create(token_of("WorkersRoute"), ROUTE_INPUTS)
    assert api.lines == [f"POST {Z}/workers/routes"]


def test_the_configuration_overrides_the_environment(fresh: Engine, api: FakeApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1")
    fresh.configure(apiToken=TOKEN, baseUrl=api.base_url)
    fresh.create(token_of("WorkersRoute"), ROUTE_INPUTS)
    assert len(api.requests) == 1


def test_without_a_base_url_no_request_is_sent_to_the_real_api(fresh: Engine):
    with rejected("CLOUDFLARE_BASE_URL is required"):
        fresh.configure(apiToken=TOKEN)


@pytest.mark.parametrize("token", ["", "x" * 39, "x" * 81, "x" * 39 + "!"])
def test_an_invalid_token_is_rejected_and_not_shown(fresh: Engine, api: FakeApi, token: str):
    with rejected("CLOUDFLARE_API_TOKEN", "40 to 80 characters") as messages:
        fresh.configure(apiToken=token, baseUrl=api.base_url)
    assert not token or token not in messages[0]


@pytest.mark.parametrize("name", ["apiKey", "email", "apiUserServiceKey"])
def test_other_credentials_are_rejected_by_name(fresh: Engine, api: FakeApi, name: str):
    with rejected(f"cloudflare:{name}") as messages:
        fresh.configure(apiToken=TOKEN, baseUrl=api.base_url, **{name: "value-sentinel"})
    assert "value-sentinel" not in messages[0]


def test_the_engine_may_send_secrets_and_previews(fresh: Engine, api: FakeApi):
    fresh.configure(apiToken=TOKEN, baseUrl=api.base_url)
    handshake = fresh.provider.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert handshake.accept_secrets
    assert handshake.accept_outputs


def test_the_version_is_the_one_of_the_python_package(fresh: Engine):
    from google.protobuf import empty_pb2

    assert fresh.provider.GetPluginInfo(empty_pb2.Empty()).version == version("pulumi-cloudflare")


def test_the_schema_contains_every_type(fresh: Engine):
    schema = json.loads(fresh.provider.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert set(schema["resources"]) == set(CLOUDFLARE.resources)
    assert set(schema["functions"]) == set(CLOUDFLARE.functions)


def test_the_error_of_a_defect_has_its_location_and_no_value(
    fresh: Engine, api: FakeApi, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise KeyError("value-sentinel")

    fresh.configure(apiToken=TOKEN, baseUrl=api.base_url)
    monkeypatch.setattr(type(CLOUDFLARE.resource(token_of("WorkersRoute"))), "create", broken)
    with rejected("KeyError", "test_configuration.py", "defect") as messages:
        fresh.create(token_of("WorkersRoute"), ROUTE_INPUTS)
    assert "value-sentinel" not in messages[0]
