"""Keys and addresses of APIs: from the configuration or the environment, and never unencrypted."""

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.credentials import ApiCredentials, ApiSettings, read_credentials
from tests.harness import rejected

DEFAULT = "https://console.example/api/v2"


def read(**config: str) -> ApiCredentials:
    request = ConfigureRequest(Config({f"neon:{key}": value for key, value in config.items()}, "edge-postgres"))
    settings = ApiSettings(
        vendor="Neon",
        api_key_noun="API key",
        api_key_setting="neon:apiKey",
        api_key_variable="NEON_API_KEY",
        api_key_source="the Neon console",
        url_setting="neon:apiBaseUrl",
        url_variable="NEON_API_BASE_URL",
        default_url=DEFAULT,
    )
    return read_credentials(request, settings)


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
