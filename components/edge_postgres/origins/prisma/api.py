"""The client of those parts of Prisma's REST API that the resources of a stack need.

Sources: https://www.prisma.io/docs/rest-api, and the types of the npm package @prisma/management-api-sdk 1.80.0, both
read on 2026-11-21.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from edge_postgres.core.json_types import Json
from edge_postgres.http.client import ApiClient
from edge_postgres.http.creation import repeat_until_answered
from edge_postgres.http.credentials import ApiCredentials
from edge_postgres.http.errors import AmbiguousOutcome, ApiError

TOKEN_CHECK_RETRY_SECONDS = 5.0

# Prisma's own clients handle a code `planLimitReached`. No page documents the status or the message of this error.
_PLAN_LIMIT = re.compile(r"plan ?limit|limit reached|limit exceeded|quota", re.IGNORECASE)
_RATE_LIMIT = re.compile(r"rate ?limit|too many requests", re.IGNORECASE)


@dataclass(frozen=True)
class Workspace:
    """Facts about a workspace, from one request. Without a response, the defaults apply and reject no input."""

    is_token_rejected: bool = False
    regions: frozenset[str] = frozenset()
    """IDs of the regions that accept new databases; empty if the regions are unknown."""


@functools.cache
def inspect_workspace(credentials: ApiCredentials) -> Workspace:
    """Returns whether Prisma rejects the token, and the available regions. Sends one request in each process."""
    path = "/v1/regions/postgres"
    client = ApiClient("Prisma", _base_url(credentials), credentials.api_key, retry_seconds=TOKEN_CHECK_RETRY_SECONDS)
    try:
        regions: list[Json] = _require_data("GET", path, client.call("GET", path))["data"]
    except ApiError as error:
        return Workspace(is_token_rejected=error.status == 401)
    return Workspace(regions=frozenset(region["id"] for region in regions if region["status"] == "available"))


@functools.cache
def plan_of_workspace(credentials: ApiCredentials) -> str | None:
    """Returns the name of the workspace's plan in lower case; None if Prisma does not return it to this token."""
    client = ApiClient("Prisma", _base_url(credentials), credentials.api_key, retry_seconds=TOKEN_CHECK_RETRY_SECONDS)
    path = "/v1/workspaces"
    try:
        workspaces: list[Json] = _require_data("GET", path, client.call("GET", path))["data"]
        if len(workspaces) != 1:
            return None
        path = f"{path}/{workspaces[0]['id']}/subscription"
        return str(_require_data("GET", path, client.call("GET", path))["data"]["planName"]).lower()
    except ApiError:
        return None


@functools.cache
def open_api(credentials: ApiCredentials) -> "PrismaApi":
    """Returns the client for an address and a token. All resources of this process share the client."""
    return PrismaApi(ApiClient("Prisma", _base_url(credentials), credentials.api_key))


class PrismaApi:
    """Reads and changes objects at Prisma."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def find(self, path: str) -> Json | None:
        """Returns the object at a path; None if it does not exist."""
        response = self._client.call("GET", path, missing_ok=True)
        return None if response is None else dict(_require_data("GET", path, response)["data"])

    def list_all(self, path: str, **query: str) -> Iterator[Json]:
        """Yields the objects of a list, page by page."""
        cursor: str | None = None
        while True:
            response = _require_data(
                "GET", path, self._client.call("GET", path, query={**query, **_cursor_query(cursor)})
            )
            yield from response["data"]
            pagination = response.get("pagination") or {}
            cursor = pagination.get("nextCursor")
            if not (pagination.get("hasMore") and cursor):
                return

    def create_within_plan(self, noun: str, path: str, body: Json) -> Json:
        """Creates an object and returns the object.

        Raises:
            AmbiguousOutcome: The API may have created the object. The caller looks it up before another attempt.
            ApiError: The plan of the workspace does not allow another object, or the API rejects the request.
        """
        try:
            return self.post(path, body)
        except AmbiguousOutcome:
            raise
        except ApiError as error:
            if not is_plan_limit(error):
                raise
            raise ApiError(
                f"The plan of the Prisma workspace does not allow another {noun} (status {error.status}: "
                f"{error.message or error.code}). Delete an unused {noun}, or choose a larger plan at Prisma.",
                status=error.status,
                code=error.code,
                message=error.message,
            ) from None

    def post(self, path: str, body: Json | None = None) -> Json:
        """Sends a POST and returns the object in the response."""
        return dict(_require_data("POST", path, self._client.call("POST", path, body=body))["data"])

    def rename(self, path: str, name: str) -> None:
        """Gives the object at a path another name."""
        repeat_until_answered(lambda: self._client.call("PATCH", path, body={"name": name}))

    def delete(self, path: str) -> None:
        """Deletes the object at a path. An object that does not exist is no error."""
        repeat_until_answered(lambda: self._client.call("DELETE", path, missing_ok=True))


def is_plan_limit(error: ApiError) -> bool:
    """Returns whether Prisma rejected a request because of the plan of the workspace."""
    details = f"{error.code} {error.message}".replace("_", " ")
    return bool(_PLAN_LIMIT.search(details)) and not _RATE_LIMIT.search(details)


def _base_url(credentials: ApiCredentials) -> str:
    # Prisma's own clients use the address without the version. Prisma's documentation shows it with the version.
    return credentials.base_url.rstrip("/").removesuffix("/v1")


def _cursor_query(cursor: str | None) -> dict[str, str]:
    """Returns the query parameter for the next page of a list; no parameter for the first page."""
    return {} if cursor is None else {"cursor": cursor}


def _require_data(method: str, path: str, response: Json | None) -> Json:
    """Returns the response unchanged.

    Raises:
        ApiError: The response has no field `data`.
    """
    if response is None or "data" not in response:
        raise ApiError(
            f"Prisma's response to {method} {path} has no `data`. "
            "Check the address in the component's `api.base_url`, in prisma:apiBaseUrl or in PRISMA_API_BASE_URL."
        )
    return response
