"""Prisma's REST API as the resources of a stack need it.

https://www.prisma.io/docs/rest-api, and the types of npm's @prisma/management-api-sdk 1.80.0, both read on 2026-11-21.
A project and a database carry the `logicalId` that they are made with: by it they are found again when the answer to
their creation was lost. A connection has none, and its password is in that answer only: one whose answer was lost is
of no use to anybody, and is removed.
"""

import functools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from edge_postgres.http.client import Api, Json
from edge_postgres.http.creation import ATTEMPTS, LEFTOVER, POLL_SECONDS, made_once, waited
from edge_postgres.http.credentials import Access
from edge_postgres.http.errors import AlreadyThere, ApiError, LostAnswer
from edge_postgres.origins.prisma.credentials import Credentials, credentials_of

READY_DEADLINE_SECONDS = 600.0
TOKEN_PATIENCE_SECONDS = 5.0

# `planLimitReached` is what Prisma's own clients know; no page tells the status or the words.
_PLAN_LIMIT = re.compile(r"plan ?limit|limit reached|limit exceeded|quota", re.IGNORECASE)
_RATE_LIMIT = re.compile(r"rate ?limit|too many requests", re.IGNORECASE)

taken_up: set[str] = set()
"""Ids of what was there when this process came to make it.

Where the engine is told to replace something by its like, it makes the new one first: the old one, which it deletes
afterwards, is the same object then, and stays.
"""


@dataclass(frozen=True)
class Workspace:
    """What a first look tells. Where Prisma does not answer, nothing is known and nothing is refused."""

    token_refused: bool = False
    regions: frozenset[str] = frozenset()
    """Regions that a new database may have; empty where they are not known."""


@functools.cache
def looked_at(access: Access) -> Workspace:
    """What an address and a token lead to; asked once in a process."""
    api = Api("Prisma", _address(access), access.key, patience_seconds=TOKEN_PATIENCE_SECONDS)
    try:
        regions = _data("GET", "/v1/regions/postgres", api.call("GET", "/v1/regions/postgres"))
    except ApiError as error:
        return Workspace(token_refused=error.status == 401)
    return Workspace(regions=frozenset(region["id"] for region in regions if region["status"] == "available"))


@functools.cache
def prisma(access: Access) -> "Prisma":
    """The API behind an address and a token; one pool of connections for all resources of this process."""
    return Prisma(Api("Prisma", _address(access), access.key))


class Prisma:
    """What is read, made, renamed and removed."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def found(self, path: str) -> Json | None:
        """The object at a path, or None where there is none."""
        answer = self._api.call("GET", path, missing_ok=True)
        return None if answer is None else _data("GET", path, answer)

    def renamed(self, path: str, name: str) -> None:
        """Gives the object at a path another name."""
        self._repeated("PATCH", path, {"name": name})

    def removed(self, path: str) -> None:
        """Removes the object at a path; one that is not there is removed already."""
        if path.rpartition("/")[2] not in taken_up:
            self._repeated("DELETE", path)

    def project(self, name: str) -> Json:
        """A new project without a database."""
        return self._made(
            "project", f"Prisma's project {name}", "/v1/projects", {"name": name, "createDatabase": False}, name
        )

    def database(self, project_id: str, name: str, region: str, source: Json | None) -> Json:
        """A new database, once it is ready. Raises ``ApiError`` where Prisma fails to provision it."""
        body = {"projectId": project_id, "name": name, "region": region, "isDefault": False}
        # With the region: while one is replaced by one elsewhere, both are there.
        made = self._made(
            "database",
            f"Prisma's database {name} in {region}",
            "/v1/databases",
            {**body, **({"source": source} if source else {})},
            f"{name}-{region}",
            projectId=project_id,
        )
        return self._ready(made)

    def connection(self, database_id: str, name: str) -> tuple[str, Json, Credentials]:
        """A new connection: its id, the answer, and its credentials."""
        self._remove_leftovers(database_id, name)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                made = self._posted("connection", "/v1/connections", {"databaseId": database_id, "name": name})
                break
            except LostAnswer:
                time.sleep(POLL_SECONDS * (attempt - 1))
                self._remove_named(database_id, name)
                if attempt == ATTEMPTS:
                    raise
        if attempt > 1:
            # A request whose answer was lost may have been carried out after the look.
            self._remove_named(database_id, name, kept=made["id"])
        try:
            return made["id"], made, credentials_of(made)
        except ApiError:
            self.removed(f"/v1/connections/{made['id']}")
            raise

    def rotated(self, id_: str) -> tuple[Json, Credentials]:
        """New credentials of a connection: the answer, and the credentials. The old ones end soon after."""
        path = f"/v1/connections/{id_}/rotate"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                made: Json = _data("POST", path, self._api.call("POST", path))
                return made, credentials_of(made)
            except LostAnswer:
                # What was told is lost with the answer; another rotation tells again.
                if attempt == ATTEMPTS:
                    raise
                time.sleep(POLL_SECONDS * (attempt - 1))
        raise AssertionError("unreachable")

    def _made(self, noun: str, what: str, path: str, body: Json, logical_id: str, **query: str) -> Json:
        attempts: list[str] = []

        def find() -> Json | None:
            # What was renamed since keeps its `logicalId`, and is something else.
            wanted = {"logicalId": logical_id, "name": body["name"]}
            return next(
                (seen for seen in self._listed(path, **query, logicalId=logical_id) if seen | wanted == seen), None
            )

        def make() -> Json:
            attempts.append(path)
            try:
                return self._posted(noun, path, {**body, "logicalId": logical_id})
            except ApiError as error:
                if error.status == 409 and (found := find()) is not None:
                    return found
                raise

        way_out = f"Remove it (its `logicalId` is {logical_id}), or take another name."
        made = made_once(what, find, make, created_at=lambda found: found["createdAt"], way_out=way_out)
        if not attempts:
            taken_up.add(made["id"])
        return made

    def _ready(self, database: Json) -> Json:
        path, what = f"/v1/databases/{database['id']}", f"Prisma's database {database['name']}"

        def look() -> Json | None:
            seen = self.found(path)
            if seen is None:
                raise ApiError(f"{what} was removed while it was provisioned.")
            if seen["status"] == "failure":
                # What failed stays so: it would only stand in the way of the next attempt.
                self._repeated("DELETE", path)
                raise ApiError(f"{what} could not be provisioned, and is removed again. Try again later.")
            return seen if seen["status"] == "ready" else None

        if database["status"] == "ready":
            return database
        return waited(look, f"Provisioning of {what}", READY_DEADLINE_SECONDS, pause=time.sleep)

    def _named(self, database_id: str, name: str) -> list[Json]:
        return [found for found in self._listed("/v1/connections", databaseId=database_id) if found["name"] == name]

    def _remove_named(self, database_id: str, name: str, kept: str | None = None) -> None:
        for connection in self._named(database_id, name):
            if connection["id"] != kept:
                self.removed(f"/v1/connections/{connection['id']}")

    def _remove_leftovers(self, database_id: str, name: str) -> None:
        """Removes what a create that was cut short has left. Raises ``AlreadyThere`` for what may be in use."""
        for connection in self._named(database_id, name):
            if datetime.now(UTC) - datetime.fromisoformat(connection["createdAt"]) > LEFTOVER:
                raise AlreadyThere(
                    f"Prisma's connection {name} is there already, and this stack did not make it. Remove it, or take "
                    "another name for the connection."
                )
            self.removed(f"/v1/connections/{connection['id']}")

    def _listed(self, path: str, **query: str) -> Iterator[Json]:
        """All objects of a list, page by page."""
        cursor: str | None = None
        while True:
            page = {**query, **({"cursor": cursor} if cursor else {})}
            answer = self._api.call("GET", path, query=page)
            yield from _data("GET", path, answer)
            pagination = (answer or {}).get("pagination") or {}
            cursor = pagination.get("nextCursor")
            if not (pagination.get("hasMore") and cursor):
                return

    def _posted(self, noun: str, path: str, body: Json) -> Json:
        try:
            made: Json = _data("POST", path, self._api.call("POST", path, body=body))
            return made
        except LostAnswer:
            raise
        except ApiError as error:
            if not is_plan_limit(error):
                raise
            raise ApiError(
                f"The plan of the workspace at Prisma has no room for another {noun} (status {error.status}: "
                f"{error.told or error.code}). Remove one that nobody needs, or take a larger plan.",
                status=error.status,
                code=error.code,
                told=error.told,
            ) from None

    def _repeated(self, method: str, path: str, body: Json | None = None) -> None:
        """What may be done twice without harm."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._api.call(method, path, body=body, missing_ok=method == "DELETE")
                return
            except LostAnswer:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(POLL_SECONDS * (attempt - 1))


def is_plan_limit(error: ApiError) -> bool:
    """Whether Prisma refuses because of what the workspace pays for."""
    said = f"{error.code} {error.told}".replace("_", " ")
    return bool(_PLAN_LIMIT.search(said)) and not _RATE_LIMIT.search(said)


def _address(access: Access) -> str:
    # Prisma's own clients take the address without the version, its documents show it with.
    return access.base_url.rstrip("/").removesuffix("/v1")


def _data(method: str, path: str, answer: Json | None) -> Any:
    if answer is None or "data" not in answer:
        raise ApiError(f"Prisma's answer to {method} {path} has no `data`.")
    return answer["data"]
