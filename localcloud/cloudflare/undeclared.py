"""The answers for attributes that a request did not set.

The real API can omit such an attribute, or answer its default or an empty value. The schema of Cloudflare's provider
has the legal answers of each attribute, with the reasons in `tools/provider_schema/answers.toml`. One mode selects the
answers of a whole local cloud. Without a mode, the answers do not change.

Paths and names of a resource are those of the provider's table. A record that was written before the start of the
emulator is unknown, and its answers do not change.
"""

import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.cloudflare.envelope import Json
from localcloud.cloudflare.multipart import MultipartError, parse_multipart
from localcloud.emulation.paths import api_path
from localcloud.provider.cloudflare import ROWS
from localcloud.provider.names import api_name, from_api, to_api
from localcloud.provider.rest_resource import RestResource, expand_path, fields
from localcloud.provider.workers_script import Script

METADATA = "metadata"


class Answer(enum.StrEnum):
    """An answer for an attribute that a request did not set."""

    OMITTED = "omitted"
    DEFAULT = "default"
    EMPTY = "empty"


def rest_rows() -> tuple[RestResource, ...]:
    return tuple(row for row in ROWS if isinstance(row, RestResource))


@dataclass
class Undeclared:
    """The mode of one local cloud, and what requests set, by path of the record."""

    mode: Answer | None = None
    _declared: dict[str, Json] = field(default_factory=dict)

    def clear(self, mode: Answer | None) -> None:
        self.mode = mode
        self._declared.clear()

    def record(self, method: str, path: str, body: Any, result: Any) -> None:
        """Stores what a successful request set, or forgets a deleted record."""
        path = path.strip("/")
        if method == "DELETE":
            self._declared.pop(path, None)
            return
        found = _find(path)
        sent, answered = _only(body), _only(result)
        if method not in ("POST", "PUT", "PATCH") or not found or sent is None:
            return
        row, values = found
        own = path if _matches(row.item, path) is not None else _item_path(row, values, answered)
        before = self._declared.get(own, {}) if method == "PATCH" else {}
        self._declared[own] = _patched(before, sent)

    def answer(self, path: str, result: Any) -> Any:
        """Returns the result of a request with the answers of the mode."""
        found = _find(path.strip("/"))
        answered = _only(result)
        if self.mode is None or not found or answered is None:
            return result
        row, values = found
        own = _item_path(row, values, answered)
        if own not in self._declared:
            return result
        changed = _with_answers(row.schema, answered, self._declared[own], self.mode)
        return [changed] if isinstance(result, list) else changed


class UndeclaredMiddleware:
    """Records what requests set, and changes the results of responses."""

    def __init__(self, app: ASGIApp, undeclared: Undeclared) -> None:
        self._app = app
        self._undeclared = undeclared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = api_path(scope) if scope["type"] == "http" else ""
        if not _find(path.strip("/")):
            await self._app(scope, receive, send)
            return
        sent: list[Message] = []
        received: list[bytes] = []

        async def receive_and_keep() -> Message:
            message = await receive()
            received.append(message.get("body", b""))
            return message

        async def keep(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive_and_keep, keep)
        for message in self._changed(scope, path, b"".join(received), sent):
            await send(message)

    def _changed(self, scope: Scope, path: str, body: bytes, sent: list[Message]) -> list[Message]:
        """Returns the messages of the response. Those without a successful JSON result do not change."""
        try:
            envelope = json.loads(b"".join(message.get("body", b"") for message in sent))
        except ValueError:
            return sent
        if not sent or sent[0].get("status", 500) >= 300 or not isinstance(envelope, dict):
            return sent
        self._undeclared.record(scope["method"], path, _parse(scope, body), envelope.get("result"))
        result = self._undeclared.answer(path, envelope.get("result"))
        if result is envelope.get("result"):
            return sent
        content = json.dumps({**envelope, "result": result}).encode()
        headers = [(name, value) for name, value in sent[0]["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(content)).encode()))
        return [{**sent[0], "headers": headers}, {"type": "http.response.body", "body": content}]


def _parse(scope: Scope, body: bytes) -> Any:
    """Returns the JSON of a body, or the metadata of an upload. None if there is none."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    content_type = headers.get(b"content-type", b"").decode(errors="replace")
    try:
        if content_type.startswith("multipart/"):
            parts = {part.name: part.content for part in parse_multipart(body, content_type)}
            return json.loads(parts[METADATA])
        return json.loads(body)
    except (ValueError, KeyError, MultipartError):
        return None


def _find(path: str) -> tuple[RestResource, Mapping[str, str]] | None:
    """Returns the row of a path, and the values of the path's template."""
    for row in rest_rows():
        templates = (row.item, row.collection, *((row.settings,) if isinstance(row, Script) else ()))
        for template in templates:
            if (values := _matches(template, path)) is not None:
                return row, values
    return None


def _matches(template: str, path: str) -> Mapping[str, str] | None:
    pattern = re.escape(template).replace(r"\{scope\}", "(?:accounts/(?P<accountId>[^/]+)|zones/(?P<zoneId>[^/]+))")
    found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", pattern), path)
    return {name: value for name, value in found.groupdict().items() if value is not None} if found else None


def _item_path(row: RestResource, values: Mapping[str, str], result: Json | None) -> str:
    """Returns the path of the record, from the path of the request and from the result."""
    answered = from_api(row.schema, result or {})
    known = {name: answered[name] for name in fields(row.item) if name in answered} | dict(values)
    missing = [name for name in fields(row.item) - {"scope", "accountId", "zoneId"} if name not in known]
    return "" if missing else expand_path(row.item, known)


def _only(value: Any) -> Json | None:
    """Returns an object, or the only object of a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def _patched(before: Json, patch: Json) -> Json:
    """Returns the declared values after a merge patch. A null declares nothing."""
    result = dict(before)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = _patched(before.get(key) or {}, value)
        else:
            result[key] = value
    return result


def _with_answers(attribute: Attribute, result: Json, declared: Json, mode: Answer) -> Json:
    changed = dict(result)
    for name, child in attribute.children.items():
        key = api_name(name, child)
        if declared.get(key) is None:
            _set(changed, key, child, mode)
        elif child.hidden_default is not None and mode is Answer.OMITTED:
            if declared[key] == child.hidden_default:
                changed.pop(key, None)
        elif key in changed and child.children:
            changed[key] = _below(child, changed[key], declared[key], mode)
    return changed


def _below(attribute: Attribute, result: Any, declared: Any, mode: Answer) -> Any:
    """Returns a declared object, list or map with the answers for attributes below it."""
    if isinstance(result, list) and isinstance(declared, list) and len(result) == len(declared):
        return [_below(attribute, one, other, mode) for one, other in zip(result, declared, strict=True)]
    if not isinstance(result, dict) or not isinstance(declared, dict):
        return result
    if attribute.type == "map":
        return {
            key: _with_answers(attribute, value, declared[key], mode)
            if isinstance(value, dict) and isinstance(declared.get(key), dict)
            else value
            for key, value in result.items()
        }
    return _with_answers(attribute, result, declared, mode)


def _set(result: Json, key: str, attribute: Attribute, mode: Answer) -> None:
    """Sets the answer for one undeclared attribute. The emulator's own default is kept."""
    if mode not in attribute.undeclared:
        return
    if mode is Answer.OMITTED:
        result.pop(key, None)
    elif mode is Answer.EMPTY or result.get(key) in (None, "", [], {}):
        value = attribute.undeclared[mode]
        result[key] = to_api(attribute, value) if isinstance(value, dict) else value
