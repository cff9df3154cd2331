"""The names under which users set the API key and the address of Prisma's API."""

from edge_postgres.http.credentials import ApiSettings

PRISMA_ACCESS = ApiSettings(
    vendor="Prisma",
    api_key_noun="service token",
    api_key_argument="service_token",
    api_key_setting="prisma:serviceToken",
    api_key_variable="PRISMA_SERVICE_TOKEN",
    api_key_source="the settings of the workspace",
    url_setting="prisma:apiBaseUrl",
    url_variable="PRISMA_API_BASE_URL",
    default_url="https://api.prisma.io",
)
