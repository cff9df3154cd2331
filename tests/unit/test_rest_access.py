"""Keys and addresses of APIs: from the configuration or the environment, and never unencrypted."""

import dataclasses

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.credentials import ApiCredentials, read_credentials
from edge_postgres.origins.neon.access import NEON_ACCESS
from tests.harness import rejected

DEFAULT = "https://console.example/api/v2"


def read(api: dict[str, str] | None = None, **config: str) -> ApiCredentials:
    request = ConfigureRequest(Config({f"neon:{key}": value for key, value in config.items()}, "edge-postgres"))
    return read_credentials(request, dataclasses.replace(NEON_ACCESS, default_url=DEFAULT), api)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("NEON_API_KEY", "NEON_API_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_key_is_read_from_the_configuration() -> None:
    assert read(apiKey="of-the-stack") == ApiCredentials(DEFAULT, "of-the-stack")


def test_the_key_is_read_from_the_environment_by_default(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("NEON_API_KEY", "of-the-shell")
    assert read().api_key == "of-the-shell"
    assert read(apiKey="of-the-stack").api_key == "of-the-stack"


@pytest.mark.parametrize("key", ["", "  \n"])
def test_a_missing_key_is_rejected_with_its_fix(key: str) -> None:
    with rejected("neon:apiKey: is required", "pulumi config set --secret neon:apiKey", "NEON_API_KEY"):
        read(apiKey=key)


def test_whitespace_around_the_key_is_removed() -> None:
    assert read(apiKey="key\n").api_key == "key"


@pytest.mark.parametrize("key", ["senti nel", "sentinel\nx", "sentinelé"])
def test_a_malformed_key_is_rejected_and_not_shown(key: str) -> None:
    with pytest.raises(
        ValidationError, match="neon:apiKey: must not contain spaces, control characters or characters outside ASCII"
    ) as raised:
        read(apiKey=key)
    assert "sentinel" not in str(raised.value)


def test_the_address_is_read_from_the_configuration_or_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("NEON_API_BASE_URL", "https://shell.example")
    assert read(apiKey="k").base_url == "https://shell.example"
    assert read(apiKey="k", apiBaseUrl="https://stack.example").base_url == "https://stack.example"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/api/v2", "http://localhost:1"])
def test_an_address_on_this_machine_can_be_unencrypted(url: str) -> None:
    assert read(apiKey="k", apiBaseUrl=url).base_url == url


@pytest.mark.parametrize("url", ["http://console.example", "ftp://x", "console.example", "http://127.0.0.1.example"])
def test_an_unencrypted_address_is_rejected(url: str) -> None:
    with rejected("neon:apiBaseUrl: must be an https URL", "unencrypted"):
        read(apiKey="k", apiBaseUrl=url)


def test_the_key_is_not_part_of_the_representation() -> None:
    assert "sentinel" not in repr(read(apiKey="sentinel"))


def test_the_key_and_the_address_of_a_component_have_precedence(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("NEON_API_KEY", "of-the-shell")
    given = {"api_key": "of-the-component", "base_url": "https://component.example"}
    assert read(given, apiKey="of-the-stack") == ApiCredentials("https://component.example", "of-the-component")


def test_each_value_that_a_component_omits_comes_from_the_configuration_or_the_environment(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("NEON_API_KEY", "of-the-shell")
    environment.setenv("NEON_API_BASE_URL", "https://shell.example")
    assert read({"api_key": "of-the-component"}) == ApiCredentials("https://shell.example", "of-the-component")
    given = {"base_url": "https://component.example"}
    assert read(given) == ApiCredentials("https://component.example", "of-the-shell")
    assert read(given, apiKey="of-the-stack") == ApiCredentials("https://component.example", "of-the-stack")


def test_whitespace_around_the_key_of_a_component_is_removed() -> None:
    assert read({"api_key": "key\n"}).api_key == "key"


@pytest.mark.parametrize("key", ["senti nel", "sentinelé"])
def test_a_malformed_key_of_a_component_is_rejected_and_not_shown(key: str) -> None:
    with pytest.raises(
        ValidationError, match=r"api\.api_key: must not contain spaces, control characters or characters outside ASCII"
    ) as raised:
        read({"api_key": key}, apiKey="k")
    assert "sentinel" not in str(raised.value)


def test_an_unencrypted_address_of_a_component_is_rejected() -> None:
    with rejected("api.base_url: must be an https URL", "unencrypted"):
        read({"base_url": "http://console.example"}, apiKey="k")


def test_a_malformed_value_of_the_configuration_does_not_matter_to_a_component_with_its_own() -> None:
    given = {"api_key": "k", "base_url": "https://component.example"}
    assert read(given, apiKey="malformed key", apiBaseUrl="http://console.example").api_key == "k"
