"""Resources that were created at Cloudflare without Pulumi, and their import by the steps of `docs/adoption.md`."""

import json
import re
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from localcloud.state_directory import CHECKOUT
from tests.console import steps_of
from tests.engine.deployment import Deployment

PAGE = CHECKOUT / "docs" / "adoption.md"
PLACEHOLDER = "<PLACEHOLDER>"
UNCHANGED = "no change"
ACCOUNT = "local"
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"


@dataclass(frozen=True)
class Row:
    """A row of the page's table: the form of the ID, and the operation of the first preview."""

    id: str
    """`ZONE_ID/ROUTE_ID`."""
    operation: str


def rows() -> dict[str, Row]:
    """Returns the rows of the page's tables by the last part of the resource's type."""
    cells = re.findall(r"^\| [^|]+ \| `(\w+)` \| `([\w/]+)` \| ([^|]+?) \|", PAGE.read_text(), re.MULTILINE)
    return {type_: Row(id_, operation) for type_, id_, operation in cells}


@dataclass(frozen=True)
class Existing:
    """The resources of an account, created through the API as the dashboard and wrangler do."""

    deployment: Deployment
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """IDs of `pulumi import` by type and by name in the state."""

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Returns the result of a call of the API."""
        environment = self.deployment.cloud.environment()
        token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
        url = f"{environment['CLOUDFLARE_BASE_URL']}/{path}"
        answer = httpx.request(method, url, headers=token, timeout=30, trust_env=False, **options)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json()["result"]

    def at_account(self, method: str, path: str, **options: Any) -> Any:
        return self.request(method, f"accounts/{ACCOUNT}/{path}", **options)

    def note(self, type_: str, name: str, **values: str) -> None:
        """Notes the ID of a resource. ``values`` replace the names in the form on the page."""
        known = {"ACCOUNT_ID": ACCOUNT, "ZONE_ID": ZONE, **values}
        id_ = rows()[type_].id
        assert set(re.findall(r"[A-Z_]+", id_)) <= set(known), f"{type_}: {id_}"
        self.ids[type_, name] = re.sub(r"[A-Z_]+", lambda name: known[name[0]], id_)

    def upload(self, script: str, source: str, bindings: Collection[Mapping[str, Any]], **metadata: Any) -> None:
        """Uploads a script as wrangler does, whose main module has the name of the source file."""
        content = {"main_module": "index.js", "compatibility_date": "2026-08-04", "bindings": list(bindings)}
        parts = {
            "metadata": (None, json.dumps({**content, **metadata}), "application/json"),
            "index.js": ("index.js", source, "application/javascript+module"),
        }
        self.at_account("PUT", f"workers/scripts/{script}", files=parts)
        self.note("WorkersScript", script, SCRIPT_NAME=script)

    def create_configuration(self, name: str, stack_name: str = "", **fields: Any) -> str:
        """Creates a Hyperdrive configuration of the stack's database. Returns its ID.

        ``stack_name`` is the name that the stack file will give to the configuration, by default the present name.
        """
        parsed = httpx.URL(self.deployment.url)
        credentials = {"user": parsed.username, "password": parsed.password, "database": parsed.path.lstrip("/")}
        route = fields.pop("route", {"host": parsed.host, "port": parsed.port or 5432})
        origin = {"scheme": "postgres", **credentials, **route}
        content = {"origin_connection_limit": 10, "caching": {"disabled": True}, **fields}
        id_: str = self.at_account("POST", "hyperdrive/configs", json={"name": name, "origin": origin, **content})["id"]
        self.note("HyperdriveConfig", stack_name or name, HYPERDRIVE_ID=id_)
        return id_


@dataclass(frozen=True)
class Adopted:
    """A stack after the import."""

    deployment: Deployment
    imported: frozenset[tuple[str, str]]
    """Type and name of each imported resource."""
    warned: frozenset[str]
    """Properties whose values the import reports as missing."""
    first_preview: dict[str, str]
    """Operations by type and name."""

    def complete(self) -> None:
        """Runs `up`, and checks that nothing was replaced and that the next preview shows no change."""
        changes = self.deployment.up()
        assert {"replace", "delete", "delete-replaced", "create-replacement"} & set(changes) == set(), changes
        self.deployment.stack.pulumi("preview", "--refresh", "--expect-no-changes")

    def unexpected(self, **others: str) -> dict[str, str]:
        """Returns the operations that the page does not announce. ``others`` are expected for other resources."""
        table = rows()
        announced = {f"{type_} {name}": table[type_].operation for type_, name in self.imported}
        expected = {name: operation for name, operation in announced.items() if operation != UNCHANGED} | others
        return {
            name: f"{self.first_preview.get(name, UNCHANGED)}, but not {expected.get(name, UNCHANGED)}"
            for name in sorted({*self.first_preview, *expected})
            if self.first_preview.get(name) != expected.get(name)
        }


def adopt(existing: Existing) -> Adopted:
    """Follows the steps of the page up to the preview: writes the import file, completes it, and imports it."""
    stack = existing.deployment.stack
    write, read = (step.command for step in steps_of(PAGE)[:2])
    file = stack.folder / "adopt.json"
    assert f"--import-file {file.name}" in write
    assert f"--file {file.name}" in read
    stack.pulumi(*shlex.split(write)[1:])
    content = json.loads(file.read_text())
    content["resources"], imported = _completed(content["resources"], existing.ids)
    assert imported == set(existing.ids), f"not in the import file: {set(existing.ids) - imported}"
    file.write_text(json.dumps(content))
    output = stack.pulumi(*shlex.split(read)[1:], "--yes")
    warned = frozenset(re.findall(r"property ([\w.]+) value .* is required", output))
    return Adopted(existing.deployment, frozenset(imported), warned, existing.deployment.previewed())


def _completed(
    entries: list[dict[str, Any]], ids: Mapping[tuple[str, str], str]
) -> tuple[list[dict[str, Any]], set[tuple[str, str]]]:
    """Returns the entries with their IDs, without those of resources that do not exist, and the imported resources."""
    kept, imported = [], set()
    for entry in entries:
        key = (entry["type"].rpartition(":")[2], entry.get("logicalName", entry["name"]))
        if entry.get("component"):
            kept.append(entry)
        elif key in ids:
            assert entry["id"] == PLACEHOLDER
            kept.append({**entry, "id": ids[key]})
            imported.add(key)
    return kept, imported
