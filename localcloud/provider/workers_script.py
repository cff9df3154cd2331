"""`WorkersScript`: a resource type with one multipart upload and three reads.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/` at v5.22.0.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.asset_directory import asset_errors, directory_of, upload_assets, with_manifest_hash
from localcloud.provider.encoders import serialize
from localcloud.provider.errors import InputError, ProviderError
from localcloud.provider.names import Names
from localcloud.provider.property_map import UNKNOWN, PropertyMap, fill_in, is_empty, paths
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, expand_path
from localcloud.provider.script_bindings import JSON_TEXTS, merge_bindings
from localcloud.provider.script_content import modules_in
from localcloud.provider.script_file import module_errors, readable_content, source_errors, source_of, with_hash

SOURCE = ("content", "contentFile", "contentSha256", "contentType", "files")
METADATA = (
    *("mainModule", "bodyPart", "bindings", "compatibilityDate", "compatibilityFlags", "logpush", "usageModel"),
    *("observability", "placement", "limits", "migrations", "tailConsumers", "keepBindings", "keepAssets"),
    *("annotations", "cacheOptions", "exports", "packageDependencies"),
)
# Properties that a refresh can change. All others keep the value of the state.
SETTINGS = (
    *("compatibilityDate", "compatibilityFlags", "limits", "logpush", "observability", "placement", "tailConsumers"),
    "usageModel",
)


@dataclass(frozen=True, kw_only=True)
class Script(RestResource):
    """The resource type of scripts."""

    services: str
    settings: str
    content: str

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        yield from (errors := list(super().input_errors(inputs)))
        if errors:
            return  # the following need inputs of the right shape
        yield from source_errors(inputs)
        yield from asset_errors(inputs)
        for name, file in _files(inputs).items():
            yield from module_errors("files", name, file)

    def plan(self, inputs: PropertyMap) -> PropertyMap:
        planned = with_manifest_hash(super().plan(inputs))
        files = _files(planned)
        return planned | {"files": {name: with_hash(file) for name, file in files.items()}} if files else planned

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        state = self._upload(client, self.plan(inputs))
        return state["id"], state

    def update(self, client: Api, state: PropertyMap, old: PropertyMap, new: PropertyMap) -> PropertyMap:  # noqa: ARG002
        return self._upload(client, self.plan(new))

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            service = client.result("GET", expand_path(self.services, state))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        is_import = "compatibilityDate" not in state
        settings = self.names.from_api(client.result("GET", expand_path(self.settings, state)))
        modules = modules_in(client.send("GET", expand_path(self.content, state), headers={"Accept": "string"}))
        script = self.names.from_api(service["default_environment"]["script"])
        now = state | {name: script[name] for name in self.outputs if not is_empty(script.get(name))}
        if is_empty((settings.get("placement") or {}).get("mode")):
            settings.pop("placement", None)
        changed = {
            name: settings[name]
            for name in SETTINGS
            if not is_empty(settings.get(name)) and (is_import or name in state)
        }
        bindings = merge_bindings(state.get("bindings", []), settings.get("bindings") or [])
        if bindings or "bindings" in state:
            changed["bindings"] = bindings
        return now | changed | _source_state(state, modules) | {"id": self.id_of(state)}

    def _upload(self, client: Api, planned: PropertyMap) -> PropertyMap:
        metadata = self.names.to_api({name: planned[name] for name in METADATA if name in planned})
        if assets := self._assets(client, planned):
            metadata["assets"] = assets
        parts = [
            *([] if not _has_source(planned) else [_main_part(planned, metadata)]),
            ("metadata", (None, serialize(metadata), "application/json")),
            *((name, (name, readable_content(file), file["contentType"])) for name, file in _files(planned).items()),
        ]
        inherit = planned.get("bindingsInherit")
        query = {"bindings_inherit": inherit} if inherit else None
        answer = client.result("PUT", expand_path(self.item, planned), files=parts, params=query)
        outputs = {name: value for name, value in self.state_from(answer, planned).items() if name != "placement"}
        state: PropertyMap = fill_in(
            planned, {name: value for name, value in outputs.items() if name in (*self.outputs, *planned)}
        )
        return state | {"id": self.id_of(state)}

    def _assets(self, client: Api, planned: PropertyMap) -> PropertyMap:
        """Uploads the files of the directory. Returns the metadata for static assets."""
        config = planned.get("assets") or {}
        assets: PropertyMap = self.names.to_api({name: config[name] for name in ("config", "jwt") if name in config})
        directory = directory_of(planned)
        if directory is not None:
            assets["jwt"] = upload_assets(client, planned["accountId"], planned["scriptName"], directory)
        return assets


def _has_source(planned: PropertyMap) -> bool:
    return "content" in planned or "contentFile" in planned


def _main_part(planned: PropertyMap, metadata: PropertyMap) -> tuple[str, Any]:
    """Returns the main part. Without `mainModule`, sets `body_part` in the metadata to its name."""
    part = planned.get("mainModule") or metadata.setdefault("body_part", "script")
    content_type = planned.get("contentType") or (
        "application/javascript+module" if "mainModule" in planned else "application/javascript"
    )
    try:
        return part, (part, source_of(planned), content_type)
    except OSError as error:
        raise ProviderError(f"`{planned['contentFile']}` cannot be read: {error.strerror}.") from None


def _files(inputs: PropertyMap) -> PropertyMap:
    files: PropertyMap = inputs["files"] if "files" in inputs and inputs["files"] is not UNKNOWN else {}
    return files


def _source_state(state: PropertyMap, modules: dict[str, bytes]) -> PropertyMap:
    """Returns the state of the source. If it comes from a file, the state has only the hash, which shows drift."""
    source = next(iter(modules.values()))
    outputs: PropertyMap = {}
    if "contentFile" not in state and ("content" in state or source):
        outputs["content"] = source.decode(errors="replace")
    if "contentSha256" in state:
        outputs["contentSha256"] = hashlib.sha256(source).hexdigest()
    if files := _files(state):
        has_files = {name: hashlib.sha256(modules[name]).hexdigest() for name in files if name in modules}
        outputs["files"] = {name: {**files[name], "contentSha256": hash_} for name, hash_ in has_files.items()}
    return outputs


WORKERS_SCRIPT = Script(
    type="cloudflare:index/workersScript:WorkersScript",
    collection="accounts/{accountId}/workers/scripts/{scriptName}",
    item="accounts/{accountId}/workers/scripts/{scriptName}",
    services="accounts/{accountId}/workers/services/{scriptName}",
    settings="accounts/{accountId}/workers/scripts/{scriptName}/settings",
    content="accounts/{accountId}/workers/scripts/{scriptName}/content/v2",
    import_ids=("{accountId}/{scriptName}",),
    id="{scriptName}",
    delete_queries=("force",),
    outputs=(
        *("createdOn", "modifiedOn", "etag", "handlers", "namedHandlers", "hasAssets", "hasModules"),
        *("lastDeployedFrom", "migrationTag", "startupTimeMs"),
    ),
    volatile=("modifiedOn", "etag", "handlers", "namedHandlers", "hasAssets", "hasModules", "startupTimeMs"),
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
        json_texts=JSON_TEXTS,
    ),
)
