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
from localcloud.provider.decoder import read_answer
from localcloud.provider.encoders import known
from localcloud.provider.errors import InputError
from localcloud.provider.property_map import UNKNOWN, PropertyMap
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, expand_path
from localcloud.provider.script_file import module_errors, readable_content, with_hash

# Strings of these types are not compared with the API's, which does not return secrets.
TEXTS = ("plain_text", "secret_text")
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

    def configured(self, inputs: PropertyMap) -> PropertyMap:
        """Returns the inputs with defaults, and with hashes of files, which show changes."""
        configured = with_manifest_hash(super().configured(inputs))
        modules = [with_hash(each) for each in _modules(configured)]
        return configured | ({"modules": modules} if modules else {})

    def needs_replacement(self, name: str, state: PropertyMap, inputs: PropertyMap) -> bool:
        """Another order of bindings is an update, and so is a string that an import could not read."""
        if name == "modules":
            planned = self.proposed(inputs, state)
            return _identities(_modules(state)) != _identities(_modules(planned))
        if name == "bindings" and isinstance(inputs.get(name), list) and UNKNOWN not in inputs[name]:
            return not _are_same_bindings(state.get(name) or [], self.proposed(inputs, state)[name])
        return super().needs_replacement(name, state, inputs)

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        planned = self.plan(inputs)
        body = self.encoded(known(self.body(planned)))
        if bindings := body.get("bindings"):
            body["bindings"] = sorted(bindings, key=lambda binding: str(binding["name"]))
        if modules := _modules(planned):
            body["modules"] = [_sent(module) for module in modules]
        if "assets" in planned:
            body["assets"] = self._assets(client, planned)
        query = {name: "true" if planned[name] is True else planned[name] for name in QUERIES if planned.get(name)}
        answer = client.result("POST", expand_path(self.collection, planned), body, params=query or None)
        names = [binding["name"] for binding in planned.get("bindings", [])]
        in_order = sorted(answer.get("bindings") or [], key=lambda each: _position(names, each["name"]))
        state = self.completed(answer | {"bindings": in_order}, planned)
        state |= {name: planned[name] for name in ("assets", "modules") if name in planned}
        return state["id"], state

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            answer = client.result("GET", expand_path(self.item, state), params={"include": "modules"})
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        now = read_answer(self.schema, self.answered(answer), state)
        refreshed = {
            "modules": _refreshed_modules(_modules(state), now.get("modules") or []),
            "bindings": _refreshed_bindings(state.get("bindings") or [], now.get("bindings") or []),
        }
        now |= {name: value for name, value in refreshed.items() if value or name in now or name in state}
        unchanged = ("accountId", "workerId", "assets", "id", *QUERIES)
        now.pop("assets", None)
        return now | {name: state[name] for name in unchanged if name in state}

    def update(self, client: Api, state: PropertyMap, new: PropertyMap) -> PropertyMap:  # noqa: ARG002  # no call is made
        """Changes `modules` in the state, and nothing else."""
        planned = self.plan(new, state)
        return state | {name: planned[name] for name in ("modules",) if name in planned}

    def _assets(self, client: Api, planned: PropertyMap) -> PropertyMap:
        config = planned["assets"]
        shown = {"assets": {name: config[name] for name in ("config", "jwt") if name in config}}
        assets: PropertyMap = self.encoded(shown)["assets"]
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


def _identities(modules: list[PropertyMap]) -> list[str]:
    return sorted(repr([module.get(key) for key in ("name", "contentType", "contentSha256")]) for module in modules)


def _are_same_bindings(state: list[PropertyMap], planned: list[PropertyMap]) -> bool:
    before = {binding["name"]: binding for binding in state}
    return len(state) == len(planned) and all(
        binding["name"] in before and _comparable(before[binding["name"]], binding) == binding for binding in planned
    )


def _comparable(state: PropertyMap, planned: PropertyMap) -> PropertyMap:
    """Returns the binding of the state, with the planned text if the state has none."""
    is_hidden = state["type"] in TEXTS and state.get("text") is None and "text" in planned
    return state | {"text": planned["text"]} if is_hidden else state


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


def _position(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


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
    # Source of the first three: custom plan modifiers in `schema.go`, `custom.go` and `resource.go`.
    replacements={
        "modules": True,
        "annotations": "ifSet",
        "bindings": "ifSet",
        "deploy": True,
        "exports": True,
        "include": True,
    },
)
