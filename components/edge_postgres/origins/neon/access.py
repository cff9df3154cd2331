"""The names under which users set the API key and the address of Neon's API."""

from edge_postgres.http.credentials import ApiSettings

NEON_ACCESS = ApiSettings(
    vendor="Neon",
    api_key_noun="API key",
    api_key_argument="api_key",
    api_key_setting="neon:apiKey",
    api_key_variable="NEON_API_KEY",
    api_key_source="the Neon console",
    url_setting="neon:apiBaseUrl",
    url_variable="NEON_API_BASE_URL",
    default_url="https://console.neon.tech/api/v2",
)
