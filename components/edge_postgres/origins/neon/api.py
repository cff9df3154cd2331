"""Neon's API as the resources of a stack need it.

https://neon.com/docs/reference/api, and the OpenAPI document of npm's @neondatabase/api-client 2.7.3, both read on
2026-11-21. Changes are asynchronous: an answer lists operations, and the change is there when all of them have ended.
Neon locks a project while they run and answers 423 to whoever comes in between.
"""

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from edge_postgres.http.client import Api, Json
from edge_postgres.http.creation import ATTEMPTS, POLL_SECONDS, waited
from edge_postgres.http.credentials import Access
from edge_postgres.http.errors import ApiError, LostAnswer
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origins.neon.paths import branch_path

LOCKED = frozenset({423})
OPERATIONS_DEADLINE_SECONDS = 600.0
KEY_PATIENCE_SECONDS = 5.0
PAGE = 100

# `failed` may be tried again by Neon, so that it ends nothing:
# https://neon.com/docs/reference/api/operations, read on 2026-11-21.
_ENDED = frozenset({"finished", "skipped", "cancelled"})
_AT_WORK = frozenset({"scheduling", "running", "cancelling"})


@functools.cache
def refuses(access: Access) -> bool:
    """Whether Neon refuses the key; asked once in a process. No answer is no refusal."""
    try:
        Api("Neon", access.base_url, access.key, patience_seconds=KEY_PATIENCE_SECONDS).call("GET", "/regions")
    except ApiError as error:
        return error.status == 401
    return False


@functools.cache
def neon(access: Access) -> "Neon":
    """The API behind an address and a key; one pool of connections for all resources of this process."""
    return Neon(Api("Neon", access.base_url, access.key, locked=LOCKED))


class Neon:
    """What is read, made, changed and removed, each with the operations that follow from it."""

    def __init__(self, api: Api, pause: Callable[[float], None] = time.sleep) -> None:
        self._api, self._pause = api, pause

    def found(self, path: str, key: str) -> Json | None:
        """The object at a path, or None where there is none."""
        answer = self._api.call("GET", path, missing_ok=True)
        return None if answer is None else answer[key]

    def listed(self, path: str, key: str, **query: Any) -> Iterator[Json]:
        """All objects of a list, page by page."""
        cursor = None
        while True:
            page = {**query, "limit": PAGE, **({"cursor": cursor} if cursor else {})}
            answer = self._api.call("GET", path, query=page) or {}
            yield from answer.get(key, ())
            pagination = answer.get("pagination") or {}
            last, cursor = cursor, pagination.get("next") or pagination.get("cursor")
            # The last page may have a cursor too, that of an empty one.
            if not cursor or cursor == last or not answer.get(key):
                return

    def named(self, path: str, key: str, name: str, **query: Any) -> Json | None:
        """The youngest object of a list that has exactly this name."""
        same = [item for item in self.listed(path, key, search=name, **query) if item["name"] == name]
        return max(same, key=lambda item: item["created_at"], default=None)

    def made(self, path: str, body: Json) -> Json:
        """The answer to a POST, once all that follows from it is done. Raises ``LostAnswer``: look before repeating."""
        return self._settled(self._api.call("POST", path, body=_whole(body)))

    def repeated(self, method: str, path: str, body: Json | None = None) -> Json:
        """The answer to what may be done twice without harm, once all that follows from it is done."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._settled(self._asked(method, path, body))
            except LostAnswer:
                self._pause(POLL_SECONDS * attempt)
        return self._settled(self._asked(method, path, body))

    def password(self, role_path: str) -> str | None:
        """The password of a role, or None where Neon does not store it."""
        try:
            answer = self._api.call("GET", f"{role_path}/reveal_password", missing_ok=True) or {}
        except ApiError as error:
            if error.status != 412:
                raise
            return None
        return answer.get("password")

    def settle(self, project_id: str) -> None:
        """Waits until nothing is at work on a project."""

        def idle() -> bool | None:
            answer = self._api.call("GET", f"/projects/{project_id}/operations", query={"limit": PAGE}) or {}
            return None if any(operation["status"] in _AT_WORK for operation in answer.get("operations", ())) else True

        waited(idle, f"Neon's work on project {project_id}", OPERATIONS_DEADLINE_SECONDS, pause=self._pause)

    def default_branch(self, project_id: str) -> Json:
        """The default branch of a project."""
        for branch in self.listed(f"/projects/{project_id}/branches", "branches"):
            if branch.get("default"):
                return branch
        raise ApiError(f"Neon's project {project_id} has no default branch.")

    def endpoint(self, project_id: str, branch_id: str) -> Json | None:
        """The compute of a branch that reads and writes."""
        answer = self._api.call("GET", f"{branch_path(project_id, branch_id)}/endpoints", missing_ok=True) or {}
        return next((found for found in answer.get("endpoints", ()) if found["type"] == "read_write"), None)

    def databases(self, project_id: str, branch_id: str) -> list[Json]:
        """The databases of a branch; none where the branch is gone."""
        answer = self._api.call("GET", f"{branch_path(project_id, branch_id)}/databases", missing_ok=True) or {}
        return list(answer.get("databases", ()))

    def address(self, project_id: str, branch_id: str) -> Json:
        """Where a branch answers, directly and through the pooler; nothing while it has no compute.

        Both are taken from connection strings. Neon has none for a branch without a database or without stored
        passwords; the name of the compute's host tells then.
        """
        endpoint = self.endpoint(project_id, branch_id)
        if endpoint is None:
            return {}
        for database in self.databases(project_id, branch_id):
            try:
                direct, pooled = (self._dialled(project_id, database, pooled) for pooled in (False, True))
            except ApiError as error:
                if error.status is None or error.status >= 500:
                    raise
                break
            return {"host": direct[0], "port": direct[1], "pooled_host": pooled[0], "pooled_port": pooled[1]}
        label, dot, rest = endpoint["host"].partition(".")
        return {
            "host": endpoint["host"],
            "port": 5432,
            "pooled_host": f"{label}-pooler{dot}{rest}",
            "pooled_port": 5432,
        }

    def _dialled(self, project_id: str, database: Json, pooled: bool) -> tuple[str, int]:
        query = {
            "branch_id": database["branch_id"],
            "database_name": database["name"],
            "role_name": database["owner_name"],
            "pooled": "true" if pooled else "false",
        }
        answer = self._api.call("GET", f"/projects/{project_id}/connection_uri", query=query) or {}
        parsed = ConnectionString.parse(answer["uri"], subject="connection_uri")
        return parsed.host, parsed.port or 5432

    def _asked(self, method: str, path: str, body: Json | None) -> Json | None:
        return self._api.call(method, path, body=_whole(body), missing_ok=method == "DELETE")

    def _settled(self, answer: Json | None) -> Json:
        for operation in (answer or {}).get("operations") or ():
            if operation["status"] not in _ENDED:
                path = f"/projects/{operation['project_id']}/operations/{operation['id']}"
                what = f"Neon's operation {operation['action']} on project {operation['project_id']}"
                look = functools.partial(self._ended, path)
                waited(look, what, OPERATIONS_DEADLINE_SECONDS, pause=self._pause)
        return answer or {}

    def _ended(self, path: str) -> bool | None:
        # Neon forgets operations: one that is not there is over.
        operation = self.found(path, "operation")
        return True if operation is None or operation["status"] in _ENDED else None


def _whole(value: Any) -> Any:
    """JSON with whole numbers where they are: the engine hands every number over as a float."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
