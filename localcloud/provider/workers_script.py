"""`WorkersScript`: one multipart upload, three reads.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/` at v5.22.0.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

import httpx

from localcloud.provider.encoders import serialized
from localcloud.provider.errors import Fault, ProviderError
from localcloud.provider.names import Names
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, quoted
from localcloud.provider.script_bindings import merged_bindings
from localcloud.provider.script_file import source_faults, source_of
from localcloud.provider.tree import Tree, filled, is_empty, paths

SOURCE = ("content", "contentFile", "contentSha256", "contentType")
METADATA = (
    *("mainModule", "bodyPart", "bindings", "compatibilityDate", "compatibilityFlags", "logpush", "usageModel"),
    *("observability", "placement", "limits", "migrations", "tailConsumers", "keepBindings", "keepAssets"),
    *("annotations", "cacheOptions"),
)
# What a read may find changed; the rest stays as the state has it.
SETTINGS = (
    *("compatibilityDate", "compatibilityFlags", "limits", "logpush", "observability", "placement", "tailConsumers"),
    "usageModel",
)


@dataclass(frozen=True, kw_only=True)
class Script(RestResource):
    services: str
    settings: str
    content: str

    def faults(self, inputs: Tree) -> Iterator[Fault]:
        yield from super().faults(inputs)
        yield from source_faults(inputs)

    def create(self, client: Api, inputs: Tree) -> tuple[str, Tree]:
        state = self._uploaded(client, self.planned(inputs))
        return state["id"], state

    def update(self, client: Api, state: Tree, old: Tree, new: Tree) -> Tree:  # noqa: ARG002
        return self._uploaded(client, self.planned(new))

    def read(self, client: Api, state: Tree) -> Tree | None:
        try:
            service = client.result("GET", quoted(self.services, state))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        is_import = "compatibilityDate" not in state
        settings = self.names.from_api(client.result("GET", quoted(self.settings, state)))
        source = _body(client.send("GET", quoted(self.content, state), headers={"Accept": "string"}))
        script = self.names.from_api(service["default_environment"]["script"])
        now = state | {name: script[name] for name in self.outputs if not is_empty(script.get(name))}
        if is_empty((settings.get("placement") or {}).get("mode")):
            settings.pop("placement", None)
        changed = {
            name: settings[name]
            for name in SETTINGS
            if not is_empty(settings.get(name)) and (is_import or name in state)
        }
        bindings = merged_bindings(state.get("bindings", []), settings.get("bindings") or [])
        if bindings or "bindings" in state:
            changed["bindings"] = bindings
        return now | changed | _source_state(state, source) | {"id": self.id_of(state)}

    def _uploaded(self, client: Api, planned: Tree) -> Tree:
        metadata = self.names.to_api({name: planned[name] for name in METADATA if name in planned})
        part = planned.get("mainModule") or metadata.setdefault("body_part", "script")
        content_type = planned.get("contentType") or (
            "application/javascript+module" if "mainModule" in planned else "application/javascript"
        )
        try:
            source = source_of(planned)
        except OSError as error:
            raise ProviderError(f"`{planned['contentFile']}` cannot be read: {error.strerror}.") from None
        parts = [
            (part, (part, source, content_type)),
            ("metadata", (None, serialized(metadata), "application/json")),
        ]
        answer = client.result("PUT", quoted(self.item, planned), files=parts)
        known = {name: value for name, value in self.known(answer, planned).items() if name != "placement"}
        state: Tree = filled(
            planned, {name: value for name, value in known.items() if name in (*self.outputs, *planned)}
        )
        return state | {"id": self.id_of(state)}


def _source_state(state: Tree, source: bytes) -> Tree:
    """The body is not kept in the state where it comes from a file: only its hash tells of drift."""
    known = {} if "contentFile" in state else {"content": source.decode(errors="replace")}
    if "contentSha256" in state:
        known["contentSha256"] = hashlib.sha256(source).hexdigest()
    return known


def _body(answer: httpx.Response) -> bytes:
    """The answer's body or, of several parts, the one that `CF-Entrypoint` names, else the first."""
    content_type = answer.headers.get("content-type", "")
    if not content_type.startswith("multipart/"):
        return answer.content
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + answer.content)
    parts = [part for part in message.walk() if not part.is_multipart()]
    entry = answer.headers.get("cf-entrypoint")
    found = [part for part in parts if entry and entry in (part.get_filename(), _part_name(part))]
    body = (found or parts)[0].get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _part_name(part: Message) -> str | None:
    name = part.get_param("name", header="content-disposition")
    return name if isinstance(name, str) else None


WORKERS_SCRIPT = Script(
    type="cloudflare:index/workersScript:WorkersScript",
    collection="accounts/{accountId}/workers/scripts/{scriptName}",
    item="accounts/{accountId}/workers/scripts/{scriptName}",
    services="accounts/{accountId}/workers/services/{scriptName}",
    settings="accounts/{accountId}/workers/scripts/{scriptName}/settings",
    content="accounts/{accountId}/workers/scripts/{scriptName}/content/v2",
    import_ids=("{accountId}/{scriptName}",),
    id="{scriptName}",
    inputs=("accountId", "scriptName", *SOURCE, *METADATA),
    required=("accountId", "scriptName"),
    outputs=(
        *("createdOn", "modifiedOn", "etag", "handlers", "namedHandlers", "hasAssets", "hasModules"),
        *("lastDeployedFrom", "migrationTag", "startupTimeMs"),
    ),
    volatile=("modifiedOn", "etag", "handlers", "namedHandlers", "hasAssets", "hasModules", "startupTimeMs"),
    replaces=("accountId", "scriptName"),
    defaults={
        "compatibilityDate": "",
        "logpush": False,
        "usageModel": "standard",
        "observability.logs.persist": True,
        "observability.traces.persist": True,
        "cacheOptions.enabled": False,
        "cacheOptions.crossVersionCache": False,
    },
    sensitive=paths("bindings.*.text", "bindings.*.keyBase64", "bindings.*.keyJwk"),
    sets=paths("compatibilityFlags", "keepBindings", "bindings.*.usages"),
    names=Names(
        special={
            "workersMessage": "workers/message",
            "workersTag": "workers/tag",
            "workersTriggeredBy": "workers/triggered_by",
            "targets": "target",
        }
    ),
)
