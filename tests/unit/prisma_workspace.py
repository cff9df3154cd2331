"""A Prisma workspace in memory. The HTTP client of the providers sends its requests to it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pulumi.dynamic import Config, ConfigureRequest, ResourceProvider

from edge_postgres.http.client import ApiClient
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.prisma import api as prisma_api

TOKEN = "prsc_Wm4tRb8nLc6pXe2s"
SECRET = "sk_Zq7xKv9wJu3yHh5m"
KINDS = {"projects": "proj", "databases": "db", "connections": "con"}

Done = Callable[[], httpx.Response]
Fault = Callable[[Done], httpx.Response]
"""An error that replaces the response. It may carry out the request."""


def status(code: int, error: str = "", message: str = "") -> Fault:
    """Responds with an error status and does not carry out the request."""
    return lambda _do: httpx.Response(code, json={"error": {"code": error, "message": message}})


def lost_before(_do: Done) -> httpx.Response:
    """Closes the connection before the request is carried out."""
    raise httpx.ReadTimeout("no answer")


def lost_after(do: Done) -> httpx.Response:
    """Carries out the request and closes the connection before the response."""
    do()
    raise httpx.RemoteProtocolError("broken off")


def failed_after(do: Done) -> httpx.Response:
    """Carries out the request and responds with 500."""
    do()
    return httpx.Response(500, json={"error": {"code": "internal", "message": "oops"}})


class Workspace:
    """The objects at Prisma, and the responses to requests."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.faults: list[tuple[str, str, Fault]] = []
        self.requests: list[str] = []
        self.tokens = {TOKEN}
        """The service tokens that the API accepts."""
        self.used_tokens: list[str] = []
        """The service token of each request."""
        self.bodies: list[dict[str, Any]] = []
        self.looks_until_ready = 2
        self.plan = "Starter"
        self.ends_as = "ready"
        self.page = 50
        self.render_answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer
        self.numbers = 0

    def fail(self, method: str, path: str, *faults: Fault) -> None:
        """Makes the next requests of this kind fail, each with one error."""
        self.faults += [(method, path, fault) for fault in faults]

    def put(self, kind: str, *, age: timedelta = timedelta(), **values: Any) -> str:
        self.numbers += 1
        id_ = f"{KINDS[kind]}_{self.numbers}"
        created_at = (datetime.now(UTC) - age).isoformat().replace("+00:00", "Z")
        self.kept[kind][id_] = {"id": id_, "createdAt": created_at, "name": "main", "logicalId": None, **values}
        return id_

    def answer(self, request: httpx.Request) -> httpx.Response:
        method, path = request.method, request.url.path
        self.requests.append(f"{method} {path}")
        self.used_tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        if self.used_tokens[-1] not in self.tokens:
            return httpx.Response(401, json={"error": {"code": "unauthorized", "message": "Invalid token."}})
        for fault in self.faults:
            if fault[0] == method and re.fullmatch(fault[1], path):
                self.faults.remove(fault)
                return fault[2](lambda: self.respond(request))
        return self.respond(request)

    def respond(self, request: httpx.Request) -> httpx.Response:
        _, version, kind, *rest = request.url.path.split("/")
        assert version == "v1"
        if kind == "regions":
            regions = [("eu-central-1", "available"), ("us-east-1", "available"), ("eu-west-3", "unavailable")]
            return httpx.Response(200, json={"data": [{"id": name, "status": now} for name, now in regions]})
        if kind == "workspaces":
            data = {"planName": self.plan, "usageBlocked": False} if rest else [{"id": "wksp_1"}]
            return httpx.Response(200, json={"data": data})
        kept = self.kept[kind]
        if not rest:
            return (
                self.list_objects(kept, request)
                if request.method == "GET"
                else self.create(kind, json.loads(request.content))
            )
        if (found := kept.get(rest[0])) is None:
            return httpx.Response(404, json={"error": {"code": "notFound", "message": "not found"}})
        if request.method == "DELETE":
            del kept[rest[0]]
            return httpx.Response(204)
        if request.method == "PATCH":
            found.update(json.loads(request.content))
        elif kind == "databases" and found.get("status") == "provisioning":
            found["looks"] = found.get("looks", 0) + 1
            found["status"] = self.ends_as if found["looks"] >= self.looks_until_ready else "provisioning"
        return httpx.Response(200, json={"data": self.render(kind, found)})

    def list_objects(self, kept: dict[str, Any], request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        start = int(query.pop("cursor", 0))
        found = [each for each in kept.values() if all(each[key] == value for key, value in query.items())]
        more = start + self.page < len(found)
        pagination = {"hasMore": more, "nextCursor": str(start + self.page) if more else None}
        return httpx.Response(200, json={"data": found[start : start + self.page], "pagination": pagination})

    def create(self, kind: str, body: dict[str, Any]) -> httpx.Response:
        self.bodies.append(body)
        if body.get("logicalId") in {each["logicalId"] for each in self.kept[kind].values()} - {None}:
            return httpx.Response(409, json={"error": {"code": "logicalIdTaken", "message": "taken"}})
        state: dict[str, Any] = {"status": "provisioning"} if kind == "databases" else {}
        id_ = self.put(kind, **body, **state)
        answer = self.render(kind, self.kept[kind][id_])
        if kind == "connections":
            string = f"postgres://consumer:{SECRET}@db.prisma.io:5432/?sslmode=require"
            answer["endpoints"]["direct"]["connectionString"] = string
            answer = self.render_answer(answer)
        return httpx.Response(201, json={"data": answer})

    def render(self, kind: str, found: dict[str, Any]) -> dict[str, Any]:
        if kind == "databases":
            return {**found, "project": {"id": found.get("projectId")}, "region": {"id": found.get("region")}}
        if kind == "connections":
            hosts = {"direct": "db.prisma.io", "pooled": "pooled.db.prisma.io"}
            endpoints = {name: {"host": host, "port": 5432} for name, host in hosts.items()}
            return {**found, "kind": "postgres", "endpoints": endpoints, "database": {"id": found["databaseId"]}}
        return found

    def names(self, kind: str) -> list[str]:
        return [each["name"] for each in self.kept[kind].values()]


@contextmanager
def workspace_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Replaces the Prisma API with a workspace in memory, without delays."""
    found = Workspace()

    def client(*args: Any, **options: Any) -> ApiClient:
        transport = httpx.MockTransport(found.answer)
        return ApiClient(*args, **{"retry_seconds": 1.0, **options}, transport=transport, sleep=lambda seconds: None)

    monkeypatch.setattr(prisma_api, "ApiClient", client)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    for variable in ("PRISMA_SERVICE_TOKEN", "PRISMA_API_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    _forget()
    yield found
    _forget()


def _forget() -> None:
    prisma_api.inspect_workspace.cache_clear()
    prisma_api.plan_of_workspace.cache_clear()
    prisma_api.open_api.cache_clear()
    adopted_ids.clear()


def configured(kind: type[ResourceProvider], **config: str) -> Any:
    """Returns a configured provider. The keys of ``config`` have the prefix `prisma:`."""
    keys = {f"prisma:{key}": value for key, value in ({"serviceToken": TOKEN} | config).items() if value}
    provider = kind()
    provider.configure(ConfigureRequest(Config(keys, "edge-postgres")))
    return provider


PROJECT = {"name": "main", "__provider": "x"}


def database_inputs(**changes: Any) -> dict[str, Any]:
    return {"project_id": "proj_9", "name": "main", "region": "eu-central-1", "__provider": "x", **changes}


CONNECTION = {"database_id": "db_9", "name": "hyperdrive", "__provider": "x"}


def reason_of(provider: Any, news: dict[str, Any], olds: dict[str, Any] | None = None) -> str:
    """Returns the reason of the only failure of a check."""
    (failure,) = provider.check(olds or {}, news).failures
    return str(failure.reason)
