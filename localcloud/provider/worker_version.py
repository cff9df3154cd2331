"""`WorkerVersion`: a create with all modules, without update and delete.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `schema.go`, `resource.go` and `custom.go` of
`internal/services/worker_version/` at v5.22.0 (2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
The effect of changes of `deploy`, `exports` and `include`, which are newer than that source, is not known. Here they
replace the resource.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.provider.asset_directory import asset_errors, directory_of, upload_assets, with_manifest_hash
from localcloud.provider.diff import Change
from localcloud.provider.errors import InputError
from localcloud.provider.names import Names
from localcloud.provider.property_map import UNKNOWN, PropertyMap, fill_in, paths
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, expand_path
from localcloud.provider.script_bindings import JSON_TEXTS
from localcloud.provider.script_file import module_errors, readable_content, with_hash
from localcloud.provider.workers_deployment import ANNOTATIONS

# Strings of these types are not compared with the API's, which does not return secrets.
TEXTS = ("plain_text", "secret_text")
CONTENTS = ("contentBase64", "contentFile")
QUERIES = ("deploy", "include")


@dataclass(frozen=True, kw_only=True)
class Version(RestResource):
    """The resource type of versions."""

    worker: str
    """Path of the Worker, whose name is needed for the upload of assets."""

    def input_errors(self, inputs: PropertyMap) -> Iterator[InputError]:
        yield from (errors := list(super().input_errors(inputs)))
        if errors:
            return  # the following need inputs of the right shape
        yield from asset_errors(inputs)
        for module in _modules(inputs):
            yield from module_errors("modules", str(module.get("name")), module)

    def plan(self, inputs: PropertyMap) -> PropertyMap:
        planned = with_manifest_hash(super().plan(inputs))
        return planned | {"modules": [with_hash(each) for each in _modules(planned)]} if _modules(planned) else planned

    def changes(self, old: PropertyMap, state: PropertyMap, new: PropertyMap) -> Iterator[tuple[str, Change]]:
        """Ignores the order of bindings and the files of modules."""
        yield from super().changes(_compared(self.plan(old)), _compared(state), _compared(self.plan(new)))

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        planned = self.plan(inputs)
        body = self.names.to_api(self.body(planned))
        if bindings := body.get("bindings"):
            body["bindings"] = sorted(bindings, key=lambda binding: str(binding["name"]))
        if modules := _modules(planned):
            body["modules"] = [_sent(module) for module in modules]
        if "assets" in planned:
            body["assets"] = self._assets(client, planned)
        query = {name: "true" if planned[name] is True else planned[name] for name in QUERIES if planned.get(name)}
        answer = client.result("POST", expand_path(self.collection, planned), body, params=query or None)
        returned = {
            name: value for name, value in self.state_from(answer, planned).items() if name in (*self.outputs, "id")
        }
        state: PropertyMap = fill_in(planned, returned)
        return state["id"], state

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            answer = client.result("GET", expand_path(self.item, state), params={"include": "modules"})
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        now = self.state_from(answer, state if "mainModule" in state else None)
        now["modules"] = _refreshed_modules(_modules(state), now.get("modules") or [])
        now["bindings"] = _refreshed_bindings(state.get("bindings") or [], now.get("bindings") or [])
        unchanged = ("accountId", "workerId", "assets", *QUERIES)
        return {name: value for name, value in now.items() if value or name in state or name in self.outputs} | {
            name: state[name] for name in unchanged if name in state
        }

    def update(self, client: Api, state: PropertyMap, old: PropertyMap, new: PropertyMap) -> PropertyMap:  # noqa: ARG002  # no call is made
        return state | self.plan(new)

    def _assets(self, client: Api, planned: PropertyMap) -> PropertyMap:
        config = planned["assets"]
        assets: PropertyMap = self.names.to_api({name: config[name] for name in ("config", "jwt") if name in config})
        directory = directory_of(planned)
        if directory is not None:
            name = client.result("GET", expand_path(self.worker, planned))["name"]
            assets["jwt"] = upload_assets(client, planned["accountId"], name, directory)
        return assets


def _modules(inputs: PropertyMap) -> list[PropertyMap]:
    modules = inputs.get("modules")
    return [each for each in modules if each is not UNKNOWN] if isinstance(modules, list) else []


def _sent(module: PropertyMap) -> PropertyMap:
    content = base64.b64encode(readable_content(module)).decode()
    return {"name": module["name"], "content_type": module["contentType"], "content_base64": content}


def _compared(values: PropertyMap) -> PropertyMap:
    """Returns bindings sorted by name, and modules by hash."""
    compared = dict(values)
    if isinstance(values.get("bindings"), list):
        compared["bindings"] = sorted(values["bindings"], key=lambda each: str(each.get("name")))
    if modules := _modules(values):
        compared["modules"] = [
            {name: value for name, value in module.items() if name not in CONTENTS} for module in modules
        ]
    return compared


def _refreshed_modules(state: list[PropertyMap], server: list[PropertyMap]) -> list[PropertyMap]:
    """Returns the modules of the server with new hashes, in the order and form of the state."""
    declared_state = {module["name"]: module for module in state}
    found = {module["name"]: module for module in server}
    return [
        {
            **declared_state.get(name, found[name]),
            "contentType": found[name]["contentType"],
            "contentSha256": hashlib.sha256(base64.b64decode(found[name]["contentBase64"])).hexdigest(),
        }
        for name in _ordered(declared_state, found)
    ]


def _refreshed_bindings(state: list[PropertyMap], server: list[PropertyMap]) -> list[PropertyMap]:
    """Returns the bindings of the server, in the order of the state and with its strings."""
    declared_state = {binding["name"]: binding for binding in state}
    found = {binding["name"]: binding for binding in server}
    texts = {
        name: {"text": each["text"]}
        for name, each in declared_state.items()
        if each["type"] in TEXTS and each.get("text")
    }
    return [found[name] | texts.get(name, {}) for name in _ordered(declared_state, found)]


def _ordered(declared_state: PropertyMap, found: PropertyMap) -> list[str]:
    return [name for name in declared_state if name in found] + [name for name in found if name not in declared_state]


WORKER_VERSION = Version(
    type="cloudflare:index/workerVersion:WorkerVersion",
    collection="accounts/{accountId}/workers/workers/{workerId}/versions",
    item="accounts/{accountId}/workers/workers/{workerId}/versions/{id}",
    worker="accounts/{accountId}/workers/workers/{workerId}",
    import_ids=("{accountId}/{workerId}/{id}",),
    update_method=None,
    create_queries=QUERIES,
    deletes=False,
    outputs=("authorEmail", "authorId", "createdOn", "mainScriptBase64", "number", "source", "startupTimeMs", "urls"),
    # Source of the first three: custom plan modifiers in `schema.go`, `custom.go` and `resource.go`.
    replacements={
        "modules": True,
        "annotations": "ifSet",
        "bindings": "ifSet",
        "deploy": True,
        "exports": True,
        "include": True,
    },
    sets=paths("compatibilityFlags", "bindings.*.usages"),
    names=Names(special={**ANNOTATIONS, "targets": "target"}, maps=paths("exports"), json_texts=JSON_TEXTS),
)
