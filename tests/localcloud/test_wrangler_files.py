"""The real wrangler accepts every key of the generated files, and generates the same types of `Env`."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.workers.wrangler_configuration import build_configuration
from edge_postgres.wrangler.files import Format, Mode, Source, render_files, select_fragment
from edge_postgres.wrangler.toml import render_toml
from edge_postgres.wrangler.types import infer_env_types
from localcloud import node
from tests.localcloud.wrangler_tool import Wrangler, needs_wrangler
from tests.unit.wrangler_sample import BINDINGS, SETTINGS

pytestmark = needs_wrangler

DATA = build_configuration("edge-postgres-dev-api", BINDINGS, SETTINGS)
SOURCE = Source("dev", "api", "make wrangler STACK=dev")
WORKER = """\
import { WorkflowEntrypoint } from "cloudflare:workers";
export class Counter {}
export class Orders extends WorkflowEntrypoint<Env> {}
export default { fetch: () => new Response() } satisfies ExportedHandler<Env>;
"""
OTHERS: dict[str, Any] = {
    "name": "theirs",
    "main": "src/index.ts",
    "compatibility_date": "2024-01-01",
    "kv_namespaces": [{"binding": "OLD", "id": "0" * 32}],
    "routes": [{"pattern": "theirs.example.com", "custom_domain": True}],
}


def test_wrangler_knows_every_key() -> None:
    schema = json.loads((node.FOLDER / "node_modules" / "wrangler" / "config-schema.json").read_text())
    assert set(DATA) <= set(schema["definitions"]["RawConfig"]["properties"])


@pytest.fixture
def wrangler(tmp_path: Path) -> Wrangler:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.ts").write_text(WORKER)
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("hello")
    return Wrangler(tmp_path)


def bound(printed: str) -> set[str]:
    """Returns the lines of a dry run's table of bindings."""
    return {" ".join(line.split()) for line in printed.splitlines() if line.startswith("env.")}


def warnings(printed: str) -> list[str]:
    """Returns wrangler's warnings, without the one about unknown binding types, which the tests cause."""
    found = re.findall(r"^ +- (.*)$", printed, re.MULTILINE)
    return [line for line in found if not line.startswith('"unsafe" fields')]


@pytest.mark.parametrize("form", list(Format))
def test_a_dry_run_accepts_the_complete_file(wrangler: Wrangler, form: Format) -> None:
    for name, text in render_files(DATA, SOURCE, Mode.FILE, form).items():
        (wrangler.folder / name).write_text(text)
    printed = wrangler.run("deploy", "--dry-run", "--config", f"wrangler.{form.value}")
    assert warnings(printed) == []
    plain = set(infer_env_types(DATA)) - set(DATA["secrets"]["required"])
    assert {line.split()[0].removeprefix("env.") for line in bound(printed)} == plain


@pytest.mark.parametrize("form", list(Format))
def test_a_dry_run_accepts_a_merged_fragment(wrangler: Wrangler, form: Format) -> None:
    text = render_files(DATA, SOURCE, Mode.FRAGMENT, form)[f"wrangler.fragment.{form.value}"]
    read = tomllib.loads(text) if form is Format.TOML else json.loads(re.sub(r"^//.*$", "", text, flags=re.MULTILINE))
    merged = {**OTHERS, **read}
    (wrangler.folder / f"wrangler.{form.value}").write_text(
        render_toml(merged) if form is Format.TOML else json.dumps(merged)
    )
    printed = wrangler.run("deploy", "--dry-run", "--config", f"wrangler.{form.value}")
    assert warnings(printed) == []
    assert "env.OLD" not in printed
    plain = set(infer_env_types(select_fragment(DATA))) - set(DATA["secrets"]["required"])
    assert {line.split()[0].removeprefix("env.") for line in bound(printed)} == plain


def test_wrangler_generates_the_same_env_types(wrangler: Wrangler) -> None:
    (wrangler.folder / "wrangler.jsonc").write_text(render_files(DATA, SOURCE)["wrangler.jsonc"])
    wrangler.run("types", "theirs.d.ts", "--include-runtime=false", "--strict-vars=false")
    theirs = (wrangler.folder / "theirs.d.ts").read_text()
    members = re.search(r"^interface __BaseEnv_Env \{\n(.*?)^\}", theirs, re.MULTILINE | re.DOTALL)
    assert members is not None
    found = re.findall(r"^\t(\w+): (.*?)(?: /\*.*?\*/)?;$", members[1], re.MULTILINE)
    # Only wrangler reads the parameters of a Workflow in the source.
    assert {name: re.sub(r"^Workflow<.*", "Workflow", type_) for name, type_ in found} == infer_env_types(DATA)
