"""Neon's API in this process, for the tests of the providers. It records requests and stores objects."""

import itertools
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx

PASSWORD = "sentinel-password"
OPERATION = ("scheduling", "running", "finished")
"""The statuses of an operation, one for each lookup."""


def ago(**age: float) -> str:
    """Returns a time in the past in Neon's format."""
    return (datetime.now(UTC) - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%SZ")


class FakeNeon:
    """Projects with branches, computes, roles, databases and operations.

    Each of ``faults`` is a regular expression for method and path, and an error that occurs once. A number is the
    status of the response, and a tuple is its status and its message. In both cases the request is not carried out.
    `before` and `after` close the connection before or after the request is carried out.
    """

    def __init__(self) -> None:
        self.projects: dict[str, dict[str, Any]] = {}
        self.operations: dict[str, dict[str, Any]] = {}
        self.faults: list[tuple[str, int | str | tuple[int, str]]] = []
        self.requests: list[tuple[str, Any]] = []
        self.queries: list[tuple[str, dict[str, str]]] = []
        self.keys: list[str] = []
        """The API key of each request."""
        self.course: tuple[str, ...] = OPERATION
        self.reason: str | None = None
        """The error of an operation, which has it in the statuses `failed` and `error`."""
        self.unavailable: set[str] = set()
        """IDs of projects that a list contains only as IDs."""
        self.page = 100
        self.stores_passwords = True
        self._numbers = itertools.count(1)
        self._one_at_a_time = threading.Lock()

    # Recorded requests.

    def changes(self, method: str = "POST|PATCH|DELETE") -> list[str]:
        """Returns the requests that changed something, such as `POST /projects`."""
        return [request_line for request_line, _ in self.requests if re.match(f"({method}) ", request_line)]

    def body(self, request_line: str) -> Any:
        """Returns the body of the last matching request."""
        return next(body for done, body in reversed(self.requests) if re.fullmatch(request_line, done))

    def branch(self, id_: str) -> dict[str, Any]:
        project_id, branch_id = id_.split("/")[:2]
        found: dict[str, Any] = self.projects[project_id]["branches"][branch_id]
        return found

    # Changes outside Pulumi.

    def add_project(self, name: str, **fields: Any) -> dict[str, Any]:
        project = {
            "id": f"quiet-term-{next(self._numbers)}",
            "name": name,
            "region_id": "aws-eu-central-1",
            "pg_version": 17,
            "org_id": "org-one",
            "history_retention_seconds": 86400,
            "created_at": ago(seconds=0),
            "branches": {},
            **fields,
        }
        self.projects[project["id"]] = project
        return project

    def add_branch(self, project: dict[str, Any], name: str, **fields: Any) -> dict[str, Any]:
        branch = {
            "id": f"br-{next(self._numbers)}",
            "name": name,
            "default": not project["branches"],
            "protected": False,
            "created_at": ago(seconds=0),
            "roles": {"neondb_owner": {"name": "neondb_owner", "created_at": ago(days=9), "password": PASSWORD}},
            "databases": [{"id": next(self._numbers), "name": "neondb", "owner_name": "neondb_owner"}],
            "endpoint": {"autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 2},
            **fields,
        }
        project["branches"][branch["id"]] = branch
        if branch["endpoint"] is not None:
            self._add_endpoint(branch, branch["endpoint"])
        return branch

    def _add_endpoint(self, branch: dict[str, Any], settings: dict[str, Any]) -> None:
        host = f"ep-{next(self._numbers)}.eu-central-1.aws.neon.tech"
        branch["endpoint"] = {"id": host.partition(".")[0], "type": "read_write", "host": host, **settings}

    # The API.

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request_line = f"{request.method} {request.url.raw_path.decode().partition('?')[0].removeprefix('/api/v2')}"
        with self._one_at_a_time:
            self.keys.append(request.headers["authorization"].removeprefix("Bearer "))
            fault = next((fault for fault in self.faults if re.fullmatch(fault[0], request_line)), None)
            if fault is not None:
                self.faults.remove(fault)
                if not isinstance(fault[1], str):
                    status, message = (fault[1], "error of the test") if isinstance(fault[1], int) else fault[1]
                    return httpx.Response(status, json={"code": "", "message": message})
                if fault[1] == "before":
                    raise httpx.ReadTimeout(PASSWORD)
            body = json.loads(request.content) if request.content else None
            self.queries.append((request_line, dict(request.url.params)))
            answer = self._answer(request_line, body, self.queries[-1][1])
            if answer.is_success:
                self.requests.append((request_line, body))
            if fault is not None:
                raise httpx.ReadTimeout(PASSWORD)
            return answer

    def _answer(self, request_line: str, body: Any, query: dict[str, str]) -> httpx.Response:
        method, _, path = request_line.partition(" ")
        at = [unquote(part) for part in path.strip("/").split("/")]
        if at == ["regions"]:
            return httpx.Response(200, json={"regions": []})
        if at == ["projects"] and method == "POST":
            return self._create_project(body["project"])
        if at == ["projects"]:
            return self._list("projects", self.projects.values(), query)
        project = self.projects.get(at[1])
        if project is None:
            return httpx.Response(404, json={"code": "", "message": "project not found"})
        if at[2:3] == ["operations"]:
            return self._operations(at[3:])
        if method != "GET" and (working := self._at_work(project["id"])):
            for operation in working:
                self._seen(operation)
            return httpx.Response(423, json={"code": "", "message": "project already has running operations"})
        if len(at) == 2:
            return self._project(method, project, body)
        if at[2] == "connection_uri":
            return self._connection_uri(project, query)
        if at[2] == "endpoints":
            return self._endpoint(method, project, body["endpoint"], at[3:])
        return self._branches(method, project, body, query, at[3:])

    def _create_project(self, requested: dict[str, Any]) -> httpx.Response:
        fields = {
            key: requested[key]
            for key in ("region_id", "pg_version", "org_id", "history_retention_seconds")
            if key in requested
        }
        project = self.add_project(requested["name"], **fields)
        database = requested["branch"]["database_name"]
        branch = self.add_branch(
            project,
            requested["branch"]["name"],
            endpoint=dict(requested["default_endpoint_settings"]),
            databases=[{"id": next(self._numbers), "name": database, "owner_name": f"{database}_owner"}],
        )
        return self._done(201, project, project=self._shown(project), branch=self._shown(branch))

    def _project(self, method: str, project: dict[str, Any], body: Any) -> httpx.Response:
        if method == "DELETE":
            del self.projects[project["id"]]
        elif method == "PATCH":
            project.update(body["project"])
        return httpx.Response(200, json={"project": self._shown(project)})

    def _branches(
        self, method: str, project: dict[str, Any], body: Any, query: dict[str, str], at: list[str]
    ) -> httpx.Response:
        if not at and method == "POST":
            requested = dict(body["branch"])
            branch = self.add_branch(project, requested.pop("name"), endpoint=None, **requested)
            for endpoint in body["endpoints"]:
                self._add_endpoint(branch, endpoint)
            return self._done(201, project, branch=self._shown(branch))
        if not at:
            return self._list("branches", project["branches"].values(), query)
        branch = project["branches"].get(at[0])
        if branch is None:
            return httpx.Response(204 if method == "DELETE" else 404)
        if len(at) == 1:
            if method == "DELETE":
                del project["branches"][branch["id"]]
            elif method == "PATCH":
                branch.update(body["branch"])
            return self._done(200, project if method != "GET" else None, branch=self._shown(branch))
        if at[1] == "endpoints":
            return httpx.Response(200, json={"endpoints": [branch["endpoint"]] if branch["endpoint"] else []})
        return getattr(self, f"_{at[1]}")(method, project, branch, body, at[2:])  # type: ignore[no-any-return]

    def _roles(
        self, method: str, project: dict[str, Any], branch: dict[str, Any], body: Any, at: list[str]
    ) -> httpx.Response:
        roles = branch["roles"]
        if not at:
            name = body["role"]["name"]
            if name in roles:
                return httpx.Response(409, json={"code": "", "message": "role already exists"})
            roles[name] = {"name": name, "created_at": ago(seconds=0), "password": f"{PASSWORD}-{next(self._numbers)}"}
            return self._done(201, project, role=roles[name])
        role = roles.get(at[0])
        if role is None:
            return httpx.Response(204 if method == "DELETE" else 404)
        if at[1:] == ["reveal_password"]:
            return httpx.Response(200 if self.stores_passwords else 412, json={"password": role["password"]})
        if at[1:] == ["reset_password"]:
            role["password"] = f"{PASSWORD}-{next(self._numbers)}"
            return self._done(200, project, role=role)
        if method == "DELETE":
            del roles[at[0]]
            return self._done(200, project, role=role)
        return httpx.Response(200, json={"role": role})

    def _databases(
        self, method: str, project: dict[str, Any], branch: dict[str, Any], body: Any, at: list[str]
    ) -> httpx.Response:
        databases = branch["databases"]
        shown = [{**found, "branch_id": branch["id"]} for found in databases]
        if not at and method == "GET":
            return httpx.Response(200, json={"databases": shown})
        if not at:
            databases.append({"id": next(self._numbers), "created_at": ago(seconds=0), **body["database"]})
            return self._done(201, project, database=databases[-1])
        found = next((found for found in databases if found["name"] == at[0]), None)
        if found is None:
            return httpx.Response(204 if method == "DELETE" else 404)
        if method == "DELETE":
            databases.remove(found)
        elif method == "PATCH":
            found.update(body["database"])
        return self._done(200, project if method != "GET" else None, database=found)

    def _endpoint(
        self, method: str, project: dict[str, Any], requested: dict[str, Any], at: list[str]
    ) -> httpx.Response:
        if method == "POST":
            branch = project["branches"][requested["branch_id"]]
            if branch["endpoint"] is not None:
                return httpx.Response(400, json={"code": "", "message": "read-write endpoint already exists"})
            self._add_endpoint(branch, requested)
            return self._done(201, project, endpoint=branch["endpoint"])
        endpoints = (branch["endpoint"] for branch in project["branches"].values() if branch["endpoint"])
        endpoint = next(endpoint for endpoint in endpoints if endpoint["id"] == at[0])
        endpoint.update(requested)
        return self._done(200, project, endpoint=endpoint)

    def _connection_uri(self, project: dict[str, Any], query: dict[str, str]) -> httpx.Response:
        if not self.stores_passwords:
            return httpx.Response(412, json={"code": "", "message": "passwords are not stored"})
        host = project["branches"][query["branch_id"]]["endpoint"]["host"]
        label, _, rest = host.partition(".")
        host = f"{label}-pooler.{rest}" if query["pooled"] == "true" else host
        port = ":6543" if query["pooled"] == "true" else ""
        uri = f"postgresql://{query['role_name']}:{PASSWORD}@{host}{port}/{query['database_name']}?sslmode=require"
        return httpx.Response(200, json={"uri": uri})

    def _list(self, key: str, items: Any, query: dict[str, str]) -> httpx.Response:
        unavailable = [item["id"] for item in items if item["id"] in self.unavailable]
        found = [
            self._shown(item)
            for item in items
            if item["id"] not in self.unavailable and query.get("search", "") in item["name"]
        ]
        start = int(query.get("cursor", 0))
        page = found[start : start + min(self.page, int(query["limit"]))]
        pointer = {"projects": "cursor", "branches": "next"}[key]
        # Neon returns a cursor with the last page of projects too.
        answer = {key: page, "pagination": {pointer: str(start + len(page))}}
        return httpx.Response(200, json={**answer, **({"unavailable_project_ids": unavailable} if unavailable else {})})

    def _done(self, status: int, project: dict[str, Any] | None, /, **answer: Any) -> httpx.Response:
        """Returns a response, with operations if something was changed."""
        operations = []
        if project is not None:
            number = f"op-{next(self._numbers)}"
            operation = {"id": number, "project_id": project["id"], "action": "apply_config", "looks": 0}
            self.operations[number] = operation
            operations = [self._seen(operation)]
        return httpx.Response(status, json={**answer, "operations": operations})

    def _operations(self, at: list[str]) -> httpx.Response:
        if not at:
            return httpx.Response(200, json={"operations": [self._seen(found) for found in self.operations.values()]})
        return httpx.Response(200, json={"operation": self._seen(self.operations[at[0]])})

    def _seen(self, operation: dict[str, Any]) -> dict[str, Any]:
        seen = {**operation, "status": self._status(operation)}
        if seen["status"] in ("failed", "error") and self.reason:
            seen["error"] = self.reason
        operation["looks"] += 1
        return seen

    def _status(self, operation: dict[str, Any]) -> str:
        return self.course[min(int(operation["looks"]), len(self.course) - 1)]

    def _at_work(self, project_id: str) -> list[dict[str, Any]]:
        ended = ("finished", "cancelled", "skipped", "failed", "error")
        ours = (operation for operation in self.operations.values() if operation["project_id"] == project_id)
        return [operation for operation in ours if self._status(operation) not in ended]

    def _shown(self, item: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in item.items() if key not in ("branches", "roles", "databases", "endpoint")}
