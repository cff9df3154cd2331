"""`WorkersScript`: one multipart upload, three reads.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/` at v5.22.0.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.asset_directory import asset_faults, directory_of, uploaded, with_manifest_hash
from localcloud.provider.encoders import serialized
from localcloud.provider.errors import Fault, ProviderError
from localcloud.provider.names import Names
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, quoted
from localcloud.provider.script_bindings import merged_bindings
from localcloud.provider.script_content import modules_in
from localcloud.provider.script_file import module_faults, readable_content, source_faults, source_of, with_hash
from localcloud.provider.tree import UNKNOWN, Tree, filled, is_empty, paths

SOURCE = ("content", "contentFile", "contentSha256", "contentType", "files")
METADATA = (
    *("mainModule", "bodyPart", "bindings", "compatibilityDate", "compatibilityFlags", "logpush", "usageModel"),
    *("observability", "placement", "limits", "migrations", "tailConsumers", "keepBindings", "keepAssets"),
    *("annotations", "cacheOptions", "exports", "packageDependencies"),
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
        yield from asset_faults(inputs)
        for name, file in _files(inputs).items():
            yield from module_faults("files", name, file)

    def planned(self, inputs: Tree) -> Tree:
        planned = with_manifest_hash(super().planned(inputs))
        files = _files(planned)
        return planned | {"files": {name: with_hash(file) for name, file in files.items()}} if files else planned

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
        modules = modules_in(client.send("GET", quoted(self.content, state), headers={"Accept": "string"}))
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
        return now | changed | _source_state(state, modules) | {"id": self.id_of(state)}

    def _uploaded(self, client: Api, planned: Tree) -> Tree:
        metadata = self.names.to_api({name: planned[name] for name in METADATA if name in planned})
        if assets := self._assets(client, planned):
            metadata["assets"] = assets
        parts = [
            *([] if not _has_source(planned) else [_main_part(planned, metadata)]),
            ("metadata", (None, serialized(metadata), "application/json")),
            *((name, (name, readable_content(file), file["contentType"])) for name, file in _files(planned).items()),
        ]
        inherit = planned.get("bindingsInherit")
        query = {"bindings_inherit": inherit} if inherit else None
        answer = client.result("PUT", quoted(self.item, planned), files=parts, params=query)
        known = {name: value for name, value in self.known(answer, planned).items() if name != "placement"}
        state: Tree = filled(
            planned, {name: value for name, value in known.items() if name in (*self.outputs, *planned)}
        )
        return state | {"id": self.id_of(state)}

    def _assets(self, client: Api, planned: Tree) -> Tree:
        """What the metadata says about static assets, once the files of the directory are there."""
        stated = planned.get("assets") or {}
        assets: Tree = self.names.to_api({name: stated[name] for name in ("config", "jwt") if name in stated})
        directory = directory_of(planned)
        if directory is not None:
            assets["jwt"] = uploaded(client, planned["accountId"], planned["scriptName"], directory)
        return assets


def _has_source(planned: Tree) -> bool:
    return "content" in planned or "contentFile" in planned


def _main_part(planned: Tree, metadata: Tree) -> tuple[str, Any]:
    """The script; without `mainModule` the metadata learns what its part is called."""
    part = planned.get("mainModule") or metadata.setdefault("body_part", "script")
    content_type = planned.get("contentType") or (
        "application/javascript+module" if "mainModule" in planned else "application/javascript"
    )
    try:
        return part, (part, source_of(planned), content_type)
    except OSError as error:
        raise ProviderError(f"`{planned['contentFile']}` cannot be read: {error.strerror}.") from None


def _files(inputs: Tree) -> Tree:
    files: Tree = inputs["files"] if "files" in inputs and inputs["files"] is not UNKNOWN else {}
    return files


def _source_state(state: Tree, modules: dict[str, bytes]) -> Tree:
    """The body is not kept in the state where it comes from a file: only its hash tells of drift."""
    source = next(iter(modules.values()))
    known: Tree = {}
    if "contentFile" not in state and ("content" in state or source):
        known["content"] = source.decode(errors="replace")
    if "contentSha256" in state:
        known["contentSha256"] = hashlib.sha256(source).hexdigest()
    if files := _files(state):
        there = {name: hashlib.sha256(modules[name]).hexdigest() for name in files if name in modules}
        known["files"] = {name: {**files[name], "contentSha256": hash_} for name, hash_ in there.items()}
    return known


WORKERS_SCRIPT = Script(
    type="cloudflare:index/workersScript:WorkersScript",
    collection="accounts/{accountId}/workers/scripts/{scriptName}",
    item="accounts/{accountId}/workers/scripts/{scriptName}",
    services="accounts/{accountId}/workers/services/{scriptName}",
    settings="accounts/{accountId}/workers/scripts/{scriptName}/settings",
    content="accounts/{accountId}/workers/scripts/{scriptName}/content/v2",
    import_ids=("{accountId}/{scriptName}",),
    id="{scriptName}",
    inputs=("accountId", "scriptName", "assets", "bindingsInherit", "force", *SOURCE, *METADATA),
    delete_queries=("force",),
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
    sensitive=paths("assets.jwt", "bindings.*.text", "bindings.*.keyBase64", "bindings.*.keyJwk"),
    sets=paths("compatibilityFlags", "keepBindings", "bindings.*.usages"),
    names=Names(
        special={
            "workersMessage": "workers/message",
            "workersTag": "workers/tag",
            "workersTriggeredBy": "workers/triggered_by",
            "targets": "target",
            "headers": "_headers",
            "redirects": "_redirects",
        },
        maps=paths("exports"),
    ),
)
