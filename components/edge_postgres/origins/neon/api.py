"""The client of those parts of Neon's API that the resources of a stack need.

Sources: https://neon.com/docs/reference/api, read on 2026-11-21, and the types of the npm package @neon/sdk 6.1.2, read
on 2026-12-01.

Changes are asynchronous. A response lists operations, and the change is complete when all operations have succeeded.
Neon locks a project while its operations run, and rejects other changes with status 423.
"""

import functools
import time
from collections.abc import Callable, Iterator

from edge_postgres.core.json_types import Json
from edge_postgres.http.client import ApiClient, Query
from edge_postgres.http.creation import poll_until, repeat_until_answered
from edge_postgres.http.credentials import ApiCredentials
from edge_postgres.http.errors import ApiError
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origins.neon.operations import ADOPT, RUN_AGAIN, RUNNING, has_succeeded
from edge_postgres.origins.neon.paths import branch_path

LOCKED = frozenset({423})
OPERATIONS_DEADLINE_SECONDS = 600.0
KEY_CHECK_RETRY_SECONDS = 5.0
PAGE_SIZE = 100

NOT_READY = {422: "branch not ready yet"}
"""By status: a part of the message by which Neon reports that a new branch cannot be changed yet. Neon's test client
repeats such a request too."""


@functools.cache
def is_api_key_rejected(credentials: ApiCredentials) -> bool:
    """Returns whether Neon rejects the API key; False without a response. Sends one request in each process."""
    client = ApiClient("Neon", credentials.base_url, credentials.api_key, retry_seconds=KEY_CHECK_RETRY_SECONDS)
    try:
        client.call("GET", "/regions")
    except ApiError as error:
        return error.status == 401
    return False


@functools.cache
def open_api(credentials: ApiCredentials) -> "NeonApi":
    """Returns the client for an address and an API key. All resources of this process share the client."""
    client = ApiClient(
        "Neon", credentials.base_url, credentials.api_key, retryable=LOCKED, retryable_messages=NOT_READY
    )
    return NeonApi(client)


class NeonApi:
    """Reads and changes objects at Neon.

    A method that changes an object returns when all operations have succeeded. It raises `OperationFailed` for an
    operation that has failed.
    """

    def __init__(self, client: ApiClient, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._sleep = client, sleep

    def find(self, path: str, key: str) -> Json | None:
        """Returns the field ``key`` of the response for a path; None if no object exists at the path."""
        response = self._client.call("GET", path, missing_ok=True)
        return None if response is None else response[key]

    def list_all(self, path: str, key: str, **query: str) -> Iterator[Json]:
        """Yields the objects of the list in the field ``key``, page by page.

        A list of projects may contain only the IDs of some projects, because Neon did not read them in time. Each of
        these projects is read separately, and it need not match the query.
        """
        cursor = None
        while True:
            page: Query = {**query, "limit": PAGE_SIZE, **({"cursor": cursor} if cursor else {})}
            response = self._client.call("GET", path, query=page) or {}
            yield from response.get(key, ())
            unavailable = response.get("unavailable_project_ids") or ()
            for project_id in unavailable:
                if project := self.find(f"/projects/{project_id}", "project"):
                    yield project
            pagination = response.get("pagination") or {}
            last, cursor = cursor, pagination.get("next") or pagination.get("cursor")
            # The last page may have the cursor of an empty page.
            if not cursor or cursor == last or not (response.get(key) or unavailable):
                return

    def find_by_name(self, path: str, key: str, name: str) -> Json | None:
        """Returns the youngest object of a list that has exactly this name; None if no object has the name."""
        same = [item for item in self.list_all(path, key, search=name) if item["name"] == name]
        return max(same, key=lambda item: item["created_at"], default=None)

    def create(self, path: str, body: Json) -> Json:
        """Sends a POST that creates an object, and returns the response.

        Raises:
            AmbiguousOutcome: Neon may have created the object. The caller looks it up before another attempt.
            OperationFailed: Neon has created the object, but an operation failed.
        """
        return self._wait_for_operations(self._client.call("POST", path, body=_with_ints(body)), fix=ADOPT)

    def send_idempotent(self, method: str, path: str, body: Json | None = None) -> Json:
        """Sends an idempotent request, and repeats it while its outcome is ambiguous. Returns the response."""

        def send() -> Json:
            sent = None if body is None else _with_ints(body)
            response = self._client.call(method, path, body=sent, missing_ok=method == "DELETE")
            return self._wait_for_operations(response, fix=RUN_AGAIN)

        return repeat_until_answered(send, sleep=self._sleep)

    def reveal_password(self, role_path: str) -> str | None:
        """Returns the password of a role; None if Neon does not store it."""
        try:
            response = self._client.call("GET", f"{role_path}/reveal_password", missing_ok=True) or {}
        except ApiError as error:
            if error.status != 412:
                raise
            return None
        return response.get("password")

    def wait_until_idle(self, project_id: str) -> None:
        """Waits until no operation of the project is running."""

        def look() -> bool | None:
            path, query = f"/projects/{project_id}/operations", {"limit": PAGE_SIZE}
            operations = (self._client.call("GET", path, query=query) or {}).get("operations", ())
            return None if any(operation["status"] in RUNNING for operation in operations) else True

        self._poll(look, f"An operation on Neon's project {project_id}")

    def find_default_branch(self, project_id: str) -> Json:
        """Returns the default branch of a project."""
        for branch in self.list_all(f"/projects/{project_id}/branches", "branches"):
            if branch.get("default"):
                return branch
        raise ApiError(f"Neon's project {project_id} has no default branch. Set one in the Neon console.")

    def find_endpoint(self, project_id: str, branch_id: str) -> Json | None:
        """Returns the read-write compute of a branch; None if the branch has no such compute."""
        response = self._client.call("GET", f"{branch_path(project_id, branch_id)}/endpoints", missing_ok=True) or {}
        return next((found for found in response.get("endpoints", ()) if found["type"] == "read_write"), None)

    def list_databases(self, project_id: str, branch_id: str) -> list[Json]:
        """Returns the databases of a branch; an empty list if the branch does not exist."""
        response = self._client.call("GET", f"{branch_path(project_id, branch_id)}/databases", missing_ok=True) or {}
        return list(response.get("databases", ()))

    def find_address(self, project_id: str, branch_id: str) -> Json:
        """Returns the direct and the pooled host of a branch with their ports; an empty object if there is no compute.

        The hosts come from connection strings. Neon has no connection string for a branch without a database or
        without stored passwords. For such a branch the hosts are derived from the host of the compute.
        """
        endpoint = self.find_endpoint(project_id, branch_id)
        if endpoint is None:
            return {}
        for database in self.list_databases(project_id, branch_id):
            try:
                direct, pooled = (self._read_address(project_id, database, pooled) for pooled in (False, True))
            except ApiError as error:
                if error.status is None or error.status >= 500:
                    raise
                break
            return {"host": direct[0], "port": direct[1], "pooled_host": pooled[0], "pooled_port": pooled[1]}
        host: str = endpoint["host"]
        label, dot, rest = host.partition(".")
        return {"host": host, "port": 5432, "pooled_host": f"{label}-pooler{dot}{rest}", "pooled_port": 5432}

    def _read_address(self, project_id: str, database: Json, pooled: bool) -> tuple[str, int]:
        query = {
            "branch_id": database["branch_id"],
            "database_name": database["name"],
            "role_name": database["owner_name"],
            "pooled": "true" if pooled else "false",
        }
        response = self._client.call("GET", f"/projects/{project_id}/connection_uri", query=query) or {}
        parsed = ConnectionString.parse(response["uri"], subject="connection_uri")
        return parsed.host, parsed.port or 5432

    def _wait_for_operations(self, response: Json | None, *, fix: str) -> Json:
        for operation in (response or {}).get("operations") or ():
            if not has_succeeded(operation, fix=fix):
                project_id, id_, action = operation["project_id"], operation["id"], operation["action"]
                look = functools.partial(self._has_succeeded, f"/projects/{project_id}/operations/{id_}", fix)
                self._poll(look, f"Neon's operation {action} on project {project_id}")
        return response or {}

    def _has_succeeded(self, path: str, fix: str) -> bool | None:
        """Returns True if the operation at a path has succeeded, else None, so that `poll_until` goes on."""
        # Neon deletes old operations, so an operation that does not exist has ended.
        operation = self.find(path, "operation")
        return True if operation is None or has_succeeded(operation, fix=fix) else None

    def _poll(self, look: Callable[[], bool | None], what: str) -> None:
        poll_until(look, what, OPERATIONS_DEADLINE_SECONDS, sleep=self._sleep)


def _with_ints(body: Json) -> Json:
    """Returns a request body in which integers are integers, because the engine passes every number as a float."""
    return {key: _with_int(value) for key, value in body.items()}


def _with_int(value: object) -> object:
    if isinstance(value, dict):
        return _with_ints(value)
    if isinstance(value, list):
        return [_with_int(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
