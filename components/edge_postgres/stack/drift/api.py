"""A client that reads from Cloudflare's API, with the token with which the engine refreshes the stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from edge_postgres.core.json_types import Json, JsonValue
from edge_postgres.http.client import ApiClient, Query
from edge_postgres.http.errors import ApiError

BASE_URL = "https://api.cloudflare.com/client/v4"
RETRY_SECONDS = 60.0
_PERMISSIONS = "Workers Scripts: Read, Pages: Read and, for routes, Workers Routes: Read"


class DriftError(Exception):
    """The comparison is not complete. The message has the fix and no secret."""


@dataclass(frozen=True)
class CloudflareApi:
    """The API of one provider."""

    client: ApiClient

    @classmethod
    def connect(
        cls, provider: Json, environment: Mapping[str, str], transport: httpx.BaseTransport | None = None
    ) -> "CloudflareApi":
        """Returns the client.

        Args:
            provider: Configuration of the provider in the state, which has precedence.
            environment: Variables that the provider reads: `CLOUDFLARE_API_TOKEN` and `CLOUDFLARE_BASE_URL`.
            transport: Replaces the network in tests.

        Raises:
            DriftError: There is no API token.
        """
        token = provider.get("apiToken") or environment.get("CLOUDFLARE_API_TOKEN")
        if not token:
            raise DriftError("Cloudflare was not compared: there is no API token. Set CLOUDFLARE_API_TOKEN.")
        base_url = provider.get("baseUrl") or environment.get("CLOUDFLARE_BASE_URL") or BASE_URL
        return cls(ApiClient("Cloudflare", base_url, token, retry_seconds=RETRY_SECONDS, transport=transport))

    def find(self, *path: str, query: Query | None = None) -> JsonValue:
        """Returns the `result` of a GET request; None if the object does not exist.

        Raises:
            DriftError: The API rejected the request, or did not respond.
        """
        route = "/".join(quote(part, safe="") for part in path)
        try:
            response = self.client.call("GET", route, query=query, missing_ok=True)
        except ApiError as error:
            raise DriftError(_describe(route, error)) from None
        return None if response is None else response.get("result")


def _describe(route: str, error: ApiError) -> str:
    if error.status is None:
        return f"Cloudflare was not compared: no response to GET {route}. Check the network, and run the step again."
    details = ", ".join(part for part in (str(error.status), error.code, error.message) if part)
    fix = (
        f"Give the API token the permissions {_PERMISSIONS}."
        if error.status in (401, 403)
        else "Run the step again later."
    )
    return f"Cloudflare was not compared: GET {route} failed ({details}). {fix}"
