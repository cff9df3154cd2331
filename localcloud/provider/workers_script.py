"""`WorkersScript`: a resource type with one multipart upload and three reads.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/` at v5.22.0.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.provider.asset_directory import asset_errors, directory_of, upload_assets, with_manifest_hash
from localcloud.provider.decoder import read_answer
from localcloud.provider.encoders import serialize
from localcloud.provider.errors import InputError, ProviderError
from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.resource import settable
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, expand_path
from localcloud.provider.script_bindings import merge_bindings
from localcloud.provider.script_content import modules_in
from localcloud.provider.script_file import module_errors, readable_content, source_errors, source_of, with_hash

METADATA = (
    *("mainModule", "bodyPart", "bindings", "compatibilityDate", "compatibilityFlags", "logpush", "usageModel"),
    *("observability", "placement", "limits", "migrations", "tailConsumers", "keepBindings", "keepAssets"),
    *("annotations", "cacheOptions", "exports", "packageDependencies"),
)
# Properties that a refresh can change. All others keep the value of the state.
SETTINGS = (
    *("annotations", "cacheOptions", "compatibilityDate", "compatibilityFlags", "exports", "limits", "logpush"),
    *("observability", "packageDependencies", "placement", "tailConsumers", "usageModel"),
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

    def configured(self, inputs: PropertyMap) -> PropertyMap:
        """Returns the inputs with defaults, and with hashes of files, which show changes."""
        configured = with_manifest_hash(super().configured(inputs))
        files = _files(configured)
        hashed = {name: with_hash(file) for name, file in files.items()}
        return configured | ({"files": hashed} if files else {})

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        state = self._upload(client, inputs, None)
        return state["id"], state

    def update(self, client: Api, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        return self._upload(client, new, state)

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            service = client.result("GET", expand_path(self.services, state))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        settings = self.answered(client.result("GET", expand_path(self.settings, state)))
        modules = modules_in(client.send("GET", expand_path(self.content, state), headers={"Accept": "string"}))
        script = self.answered(service["default_environment"]["script"])
        outputs = [name for name, attribute in self.schema.children.items() if attribute.mode == "read-only"]
        now = state | {name: script[name] for name in outputs if script.get(name) is not None}
        now |= self._refreshed(settings, state)
        if not (now.get("placement") or {}).get("mode"):
            now.pop("placement", None)
        bindings = merge_bindings(state.get("bindings", []), settings.get("bindings") or [])
        if bindings or "bindings" in state:
            now["bindings"] = bindings
        return now | _source_state(state, modules) | {"id": self.id_of(state)}

    def _refreshed(self, settings: PropertyMap, state: PropertyMap) -> PropertyMap:
        """Returns the settings. The plugin copies what the answer has, whether or not the program declares it."""
        answered = {name: settings[name] for name in SETTINGS if settings.get(name) is not None}
        decoded = read_answer(self.schema, answered, state)
        return {name: _overlaid(state.get(name), decoded[name]) for name in answered if name in decoded}

    def _upload(self, client: Api, inputs: PropertyMap, state: PropertyMap | None) -> PropertyMap:
        configured, planned = self.configured(inputs), self.plan(inputs, state)
        metadata: PropertyMap = self.encoded(
            settable(self.schema, {name: configured[name] for name in METADATA if name in configured})
        )
        if assets := self._assets(client, configured):
            metadata["assets"] = assets
        files = _files(configured)
        parts = [
            *([] if not _has_source(configured) else [_main_part(configured, metadata)]),
            ("metadata", (None, serialize(metadata), "application/json")),
            *((name, (name, readable_content(file), file["contentType"])) for name, file in files.items()),
        ]
        inherit = configured.get("bindingsInherit")
        query = {"bindings_inherit": inherit} if inherit else None
        answer = client.result("PUT", expand_path(self.item, configured), files=parts, params=query) or {}
        uploaded = self.completed({name: value for name, value in answer.items() if name != "placement"}, planned)
        return uploaded | ({"assets": planned["assets"]} if "assets" in planned else {})

    def _assets(self, client: Api, planned: PropertyMap) -> PropertyMap:
        """Uploads the files of the directory. Returns the metadata for static assets."""
        config = planned.get("assets") or {}
        shown = {"assets": {name: config[name] for name in ("config", "jwt") if name in config}}
        assets: PropertyMap = self.encoded(shown)["assets"]
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
    outputs: PropertyMap = {}
    source = next(iter(modules.values()), None)
    if source is None:
        return outputs  # a script with assets alone
    if "contentFile" not in state:
        outputs["content"] = source.decode(errors="replace")
    if "contentSha256" in state:
        outputs["contentSha256"] = hashlib.sha256(source).hexdigest()
    if files := _files(state):
        has_files = {name: hashlib.sha256(modules[name]).hexdigest() for name in files if name in modules}
        outputs["files"] = {name: {**files[name], "contentSha256": hash_} for name, hash_ in has_files.items()}
    return outputs


def _overlaid(before: Any, now: Any) -> Any:
    """Returns the values of an answer, and those of the state that it lacks."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return now
    return before | {name: _overlaid(before.get(name), value) for name, value in now.items()}


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
)
