"""A fake of Cloudflare's API that stores objects without validation and records every request.

A POST stores the object with a new id below the path. A PUT stores it at the path. A GET returns the stored object
without `hidden` fields. Other responses are scripted with `answers`.
"""

import contextlib
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

BASE = "/client/v4/"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    content: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def parts(self) -> list[tuple[str | None, str | None, str, bytes]]:
        """The parts of a multipart body: name, file name, content type, content."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        return [_part(part) for part in message_from_bytes(head + self.content).walk() if not part.is_multipart()]


@dataclass(frozen=True)
class Answer:
    """A scripted response, which is used once."""

    status: int = 200
    result: Any = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    is_lost: bool = False
    """Whether the connection ends without a response."""


@dataclass
class FakeApi:
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """Scripted responses by request line, such as `GET accounts/a/workers/domains/1`."""
    stored: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    """Fields that the server adds to created objects."""
    hidden: set[str] = field(default_factory=set)
    """Fields that no response contains, at any depth."""
    address: str = ""
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def base_url(self) -> str:
        return self.address + BASE.rstrip("/")

    @property
    def lines(self) -> list[str]:
        return [request.line for request in self.requests]

    @property
    def last(self) -> Request:
        return self.requests[-1]

    def script(self, line: str, *answers: Answer) -> None:
        self.answers[line] = list(answers)

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.answers.get(request.line):
            return self.answers[request.line].pop(0)
        match request.method:
            case "POST" if request.path not in self.stored and not request.path.endswith("/subdomain"):
                return self._created(request)
            case "POST" | "PUT" | "PATCH":
                return self._written(request)
            case "DELETE":
                found = self.stored.pop(request.path, None)
                return Answer(result=None) if found is not None else missing()
        if request.path not in self.stored:
            return missing()
        found = self.stored[request.path]
        return Answer(raw=found) if isinstance(found, bytes) else Answer(result=self._shown(found))

    def _created(self, request: Request) -> Answer:
        bodies = request.body if isinstance(request.body, list) else [request.body]
        results = []
        for body in bodies:
            item = {"id": f"id{next(self.ids)}", **body, **self.extras}
            key = next((item[name] for name in ("service_id",) if name in item), item["id"])
            if "/pages/projects" in request.path:
                key = item["name"]
            self.stored[f"{request.path}/{key}"] = item
            results.append(self._shown(item))
        return Answer(result=results if isinstance(request.body, list) else results[0])

    def _written(self, request: Request) -> Answer:
        if "multipart" in request.headers.get("content-type", ""):
            self.stored[request.path] = request.parts[0][3]
            return Answer(result=dict(self.extras))
        before = self.stored.get(request.path, {})
        if isinstance(request.body, list):
            self.stored[request.path] = {"schedules": request.body}
            return Answer(result=self.stored[request.path])
        item = merged(before if request.method == "PATCH" else self.extras, request.body)
        item |= {"id": before["id"]} if "id" in before else {}
        if request.path.endswith("/workers/domains"):
            item["id"] = f"id{next(self.ids)}"
            self.stored[f"{request.path}/{item['id']}"] = item
        else:
            self.stored[request.path] = item
        return Answer(result=self._shown(item))

    def _shown(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._shown(item) for key, item in value.items() if key not in self.hidden}
        return [self._shown(item) for item in value] if isinstance(value, list) else value


def merged(before: Any, patch: Any) -> Any:
    """Applies a merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(before) if isinstance(before, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _part(part: Message) -> tuple[str | None, str | None, str, bytes]:
    name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return str(name), part.get_filename(), part.get_content_type(), content


def missing() -> Answer:
    return Answer(status=404, errors=[{"code": 10007, "message": "not found"}])


def error_answer(status: int, code: int, message: str, **headers: str) -> Answer:
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, errors=[{"code": code, "message": message}], headers=shown)


@contextlib.contextmanager
def serving() -> Iterator[FakeApi]:
    api = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            url = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = api.answer(Request(self.command, url.path.removeprefix(BASE), url.query, headers, content))
            if answer.is_lost:
                self.close_connection = True
                return
            envelope = {
                "success": answer.status < 400,
                "errors": answer.errors,
                "messages": [],
                "result": answer.result,
            }
            body = json.dumps(envelope).encode() if answer.raw is None else answer.raw
            self.send_response(answer.status)
            for name, value in {"content-type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815  # the names are the base class's

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    api.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
