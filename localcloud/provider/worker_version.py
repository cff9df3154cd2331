"""`WorkerVersion`: one create with all modules in it, no update, no delete.

Sources: github.com/cloudflare/terraform-provider-cloudflare, `schema.go`, `resource.go` and `custom.go` of
`internal/services/worker_version/` at v5.22.0 (2026-07-10); the Python schema of pulumi-cloudflare 6.23.1 (2026-10-21).
What a change of `deploy`, `exports` and `include` does, which are newer than that source, is not known: here it
replaces.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.provider.asset_directory import asset_faults, directory_of, uploaded, with_manifest_hash
from localcloud.provider.diff import Change
from localcloud.provider.errors import Fault
from localcloud.provider.names import Names
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, quoted
from localcloud.provider.script_file import module_faults, readable_content, with_hash
from localcloud.provider.tree import UNKNOWN, Tree, filled, paths
from localcloud.provider.workers_deployment import ANNOTATIONS

# Their text is not compared with the API's: of a secret there is none.
TEXTS = ("plain_text", "secret_text")
CONTENTS = ("contentBase64", "contentFile")
QUERIES = ("deploy", "include")


@dataclass(frozen=True, kw_only=True)
class Version(RestResource):
    worker: str
    """Where the Worker is read: assets are uploaded by its name."""

    def faults(self, inputs: Tree) -> Iterator[Fault]:
        yield from super().faults(inputs)
        yield from asset_faults(inputs)
        for module in _modules(inputs):
            yield from module_faults("modules", str(module.get("name")), module)

    def planned(self, inputs: Tree) -> Tree:
        planned = with_manifest_hash(super().planned(inputs))
        return planned | {"modules": [with_hash(each) for each in _modules(planned)]} if _modules(planned) else planned

    def changes(self, old: Tree, state: Tree, new: Tree) -> Iterator[tuple[str, Change]]:
        """The order of bindings means nothing; a module may come from another file."""
        yield from super().changes(_compared(self.planned(old)), _compared(state), _compared(self.planned(new)))

    def create(self, client: Api, inputs: Tree) -> tuple[str, Tree]:
        planned = self.planned(inputs)
        body = self.names.to_api(self.body(planned))
        if bindings := body.get("bindings"):
            body["bindings"] = sorted(bindings, key=lambda binding: str(binding["name"]))
        if modules := _modules(planned):
            body["modules"] = [_sent(module) for module in modules]
        if "assets" in planned:
            body["assets"] = self._assets(client, planned)
        query = {name: "true" if planned[name] is True else planned[name] for name in QUERIES if planned.get(name)}
        answer = client.result("POST", quoted(self.collection, planned), body, params=query or None)
        told = {name: value for name, value in self.known(answer, planned).items() if name in (*self.outputs, "id")}
        state: Tree = filled(planned, told)
        return state["id"], state

    def read(self, client: Api, state: Tree) -> Tree | None:
        try:
            answer = client.result("GET", quoted(self.item, state), params={"include": "modules"})
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        now = self.known(answer, state if "mainModule" in state else None)
        now["modules"] = _refreshed_modules(_modules(state), now.get("modules") or [])
        now["bindings"] = _refreshed_bindings(state.get("bindings") or [], now.get("bindings") or [])
        kept = ("accountId", "workerId", "assets", *QUERIES)
        return {name: value for name, value in now.items() if value or name in state or name in self.outputs} | {
            name: state[name] for name in kept if name in state
        }

    def update(self, client: Api, state: Tree, old: Tree, new: Tree) -> Tree:  # noqa: ARG002  # no call is made
        return state | self.planned(new)

    def _assets(self, client: Api, planned: Tree) -> Tree:
        stated = planned["assets"]
        assets: Tree = self.names.to_api({name: stated[name] for name in ("config", "jwt") if name in stated})
        directory = directory_of(planned)
        if directory is not None:
            name = client.result("GET", quoted(self.worker, planned))["name"]
            assets["jwt"] = uploaded(client, planned["accountId"], name, directory)
        return assets


def _modules(inputs: Tree) -> list[Tree]:
    modules = inputs.get("modules")
    return [each for each in modules if each is not UNKNOWN] if isinstance(modules, list) else []


def _sent(module: Tree) -> Tree:
    content = base64.b64encode(readable_content(module)).decode()
    return {"name": module["name"], "content_type": module["contentType"], "content_base64": content}


def _compared(values: Tree) -> Tree:
    """Bindings by name; of modules the hash, wherever the content comes from."""
    compared = dict(values)
    if isinstance(values.get("bindings"), list):
        compared["bindings"] = sorted(values["bindings"], key=lambda each: str(each.get("name")))
    if modules := _modules(values):
        compared["modules"] = [
            {name: value for name, value in module.items() if name not in CONTENTS} for module in modules
        ]
    return compared


def _refreshed_modules(state: list[Tree], server: list[Tree]) -> list[Tree]:
    """The server's, in the state's order and form; their hashes are made anew."""
    known = {module["name"]: module for module in state}
    found = {module["name"]: module for module in server}
    return [
        {
            **known.get(name, found[name]),
            "contentType": found[name]["contentType"],
            "contentSha256": hashlib.sha256(base64.b64decode(found[name]["contentBase64"])).hexdigest(),
        }
        for name in _ordered(known, found)
    ]


def _refreshed_bindings(state: list[Tree], server: list[Tree]) -> list[Tree]:
    """In the state's order, with the texts that it knows."""
    known = {binding["name"]: binding for binding in state}
    found = {binding["name"]: binding for binding in server}
    texts = {name: {"text": each["text"]} for name, each in known.items() if each["type"] in TEXTS and each.get("text")}
    return [found[name] | texts.get(name, {}) for name in _ordered(known, found)]


def _ordered(known: Tree, found: Tree) -> list[str]:
    return [name for name in known if name in found] + [name for name in found if name not in known]


WORKER_VERSION = Version(
    type="cloudflare:index/workerVersion:WorkerVersion",
    collection="accounts/{accountId}/workers/workers/{workerId}/versions",
    item="accounts/{accountId}/workers/workers/{workerId}/versions/{id}",
    worker="accounts/{accountId}/workers/workers/{workerId}",
    import_ids=("{accountId}/{workerId}/{id}",),
    update_method=None,
    create_queries=QUERIES,
    deletes=False,
    inputs=(
        *("accountId", "workerId", "annotations", "assets", "bindings", "cacheOptions", "compatibilityDate"),
        *("compatibilityFlags", "containers", "deploy", "exports", "include", "limits", "mainModule", "migrations"),
        *("modules", "packageDependencies", "placement", "usageModel"),
    ),
    required=("accountId", "workerId"),
    outputs=("authorEmail", "authorId", "createdOn", "mainScriptBase64", "number", "source", "startupTimeMs", "urls"),
    replaces=(
        *("accountId", "workerId", "compatibilityDate", "mainModule", "containers", "migrations", "modules"),
        *("packageDependencies", "placement", "deploy", "exports", "include"),
    ),
    replaces_if_set=(
        *("annotations", "assets", "bindings", "cacheOptions", "compatibilityFlags", "limits", "usageModel"),
    ),
    defaults={
        "usageModel": "standard",
        "cacheOptions.enabled": False,
        "cacheOptions.crossVersionCache": False,
    },
    sensitive=paths("assets.jwt", "bindings.*.text", "bindings.*.keyBase64", "bindings.*.keyJwk"),
    sets=paths("compatibilityFlags", "bindings.*.usages"),
    names=Names(special={**ANNOTATIONS, "targets": "target"}, maps=paths("exports")),
)
