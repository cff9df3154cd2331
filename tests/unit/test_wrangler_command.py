"""`make wrangler`: the files that it writes, and the files that it does not change."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.workers.wrangler_configuration import build_configuration
from edge_postgres.wrangler.files import MARK
from localcloud import node
from localcloud.state_directory import CHECKOUT
from tests.harness import rejected
from tests.unit.test_wrangler_files import read_jsonc
from tools import wrangler_dev, wrangler_files, wrangler_stack

DATA = build_configuration(
    "s", {"secrets": ["KEY"]}, {"compatibility_date": "2026-11-01", "assets": {"directory": "public"}}
)
FILES = {"wrangler.jsonc", "worker-configuration.d.ts", ".dev.vars.example"}

Command = Callable[..., int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command for a stack with the Workers `api` and `web`. It writes to a temporary folder."""
    monkeypatch.setattr(wrangler_files, "configurations", lambda _: {"api": DATA, "web": DATA})
    return lambda *options: wrangler_files.main(["dev", "--out", str(tmp_path), *options])


def below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_each_worker_has_a_folder(command: Command, tmp_path: Path) -> None:
    assert command() == 0
    assert below(tmp_path) == {f"{worker}/{name}" for worker in ("api", "web") for name in FILES}


def test_the_default_folder_has_the_name_of_the_stack() -> None:
    assert wrangler_files.default_folder("acme/edge-postgres/dev") == CHECKOUT / "wrangler" / "dev"


def test_a_single_worker_is_written_to_the_folder_itself(command: Command, tmp_path: Path) -> None:
    assert command("--worker", "api", "--mode", "fragment", "--format", "toml") == 0
    assert below(tmp_path) == {"wrangler.fragment.toml", "worker-configuration.d.ts", ".dev.vars.example"}


def test_the_heading_has_the_command_that_generates_the_file_again(command: Command, tmp_path: Path) -> None:
    command("--worker", "api", "--main", str(CHECKOUT / "workers" / "src" / "pg.ts"))
    first = (tmp_path / "wrangler.jsonc").read_text().partition("\n")[0]
    out = Path(os.path.relpath(tmp_path, CHECKOUT)).as_posix()
    assert f"`make wrangler STACK=dev OUT={out} WORKER=api MAIN=workers/src/pg.ts` generates it again." in first


def test_paths_are_relative_to_the_file(command: Command, tmp_path: Path) -> None:
    command("--worker", "api", "--main", str(tmp_path.parent / "worker.ts"))
    data = read_jsonc((tmp_path / "wrangler.jsonc").read_text())
    assert data["main"] == "../worker.ts"
    assert (tmp_path / data["assets"]["directory"]).resolve() == CHECKOUT / "public"


def test_one_source_for_several_workers_is_rejected(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--main", "worker.ts") == 1
    assert "several Workers" in capsys.readouterr().err


def test_a_worker_that_the_stack_lacks_is_rejected(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--worker", "other") == 1
    assert "is other, which stack dev does not have. It has api, web." in capsys.readouterr().err


def test_generated_files_are_overwritten(command: Command, tmp_path: Path) -> None:
    (tmp_path / "wrangler.jsonc").write_text(f"// {MARK} long ago\n")
    assert command("--worker", "api") == 0
    assert '"name": "s"' in (tmp_path / "wrangler.jsonc").read_text()


def test_a_file_of_the_user_is_kept_and_no_file_is_written(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".dev.vars.example").write_text("MINE=\n")
    assert command("--worker", "api") == 1
    assert "edge-postgres did not write it" in capsys.readouterr().err
    assert below(tmp_path) == {".dev.vars.example"}
    assert (tmp_path / ".dev.vars.example").read_text() == "MINE=\n"


def test_the_file_of_the_other_format_is_removed(command: Command, tmp_path: Path) -> None:
    command("--worker", "api")
    assert command("--worker", "api", "--format", "toml", "--check") == 1
    assert command("--worker", "api", "--format", "toml") == 0
    assert below(tmp_path) == {"wrangler.toml", "worker-configuration.d.ts", ".dev.vars.example"}


def test_a_check_accepts_current_files(command: Command) -> None:
    command()
    assert command("--check") == 0


def test_a_check_reports_a_stale_file_and_does_not_change_it(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command()
    stale = tmp_path / "web" / "wrangler.jsonc"
    stale.write_text("stale")
    assert command("--check") == 1
    assert capsys.readouterr().err.count("is not up to date; run: make wrangler STACK=dev") == 1
    assert stale.read_text() == "stale"


def test_a_check_fails_for_a_missing_file(command: Command, tmp_path: Path) -> None:
    assert command("--check") == 1
    assert below(tmp_path) == set()


def state(*resources: dict[str, Any]) -> str:
    return json.dumps({"deployment": {"resources": resources} if resources else {}})


def test_the_configuration_of_each_worker_comes_from_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    urn = "urn:pulumi:dev::edge-postgres::edge-postgres:index:"
    exported = state(
        {"urn": "urn:pulumi:dev::edge-postgres::pulumi:pulumi:Stack::edge-postgres-dev", "type": "pulumi:pulumi:Stack"},
        {"urn": f"{urn}Worker::api", "type": "edge-postgres:index:Worker", "outputs": {"wrangler": {"name": "a"}}},
        {
            "urn": f"{urn}WorkerRollout::web",
            "type": "edge-postgres:index:WorkerRollout",
            "outputs": {"wrangler": {"name": "w"}},
        },
        {"urn": f"{urn}Hyperdrive::main", "type": "edge-postgres:index:Hyperdrive", "outputs": {"wrangler": {}}},
    )
    monkeypatch.setattr(wrangler_stack, "_exported_state", lambda _: exported)
    assert wrangler_stack.configurations("dev") == {"api": {"name": "a"}, "web": {"name": "w"}}


@pytest.mark.parametrize(
    "exported",
    [
        state(),
        state({"urn": "urn:pulumi:dev::p::edge-postgres:index:Worker::api", "type": "edge-postgres:index:Worker"}),
    ],
    ids=["nothing", "created by an older release"],
)
def test_a_stack_without_workers_is_rejected_with_the_fix(monkeypatch: pytest.MonkeyPatch, exported: str) -> None:
    monkeypatch.setattr(wrangler_stack, "_exported_state", lambda _: exported)
    with rejected("dev: has no Worker with the output `wrangler`", "`pulumi up --stack dev`"):
        wrangler_stack.configurations("dev")


def test_a_missing_local_stack_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    with rejected("local-neon: is not deployed", "`make up STACK=neon`"):
        wrangler_stack.configurations("local-neon")


# wrangler dev.


def test_the_databases_of_hyperdrive_come_from_the_state() -> None:
    def secret(value: str) -> dict[str, str]:
        return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(value)}

    origin = {"host": "127.0.0.1", "port": 5432.0, "user": "app", "password": secret("p@ss"), "database": "app"}
    config = {"type": wrangler_dev.HYPERDRIVE, "id": "42", "inputs": {"origin": origin}}
    private = {"type": wrangler_dev.HYPERDRIVE, "id": "43", "inputs": {"origin": {"host": "db", "password": "x"}}}
    other = {"type": "cloudflare:index/workersScript:WorkersScript", "id": "api", "inputs": {}}
    found = wrangler_dev.connection_strings({"deployment": {"resources": [other, config, private]}})
    assert found == {"42": "postgres://app:p%40ss@127.0.0.1:5432/app?sslmode=require"}


def test_each_hyperdrive_binding_has_its_variable() -> None:
    data = {"hyperdrive": [{"binding": "A", "id": "42"}]}
    assert wrangler_dev.connection_variables(data, {"42": "url"}) == {
        "CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_A": "url"
    }


def test_a_binding_to_a_private_database_is_rejected() -> None:
    with rejected("A:", "private route"):
        wrangler_dev.connection_variables({"hyperdrive": [{"binding": "A", "id": "43"}]}, {})


def test_the_command_does_not_connect_to_a_remote_stack() -> None:
    with rejected("prod: is not a local stack"):
        wrangler_dev.select_worker("prod", "api")


def test_the_path_of_the_schema_leads_to_the_wrangler_above_the_file(command: Command, tmp_path: Path) -> None:
    schema = tmp_path.parent / "node_modules" / "wrangler" / "config-schema.json"
    schema.parent.mkdir(parents=True, exist_ok=True)
    schema.write_text("{}")
    command("--worker", "api")
    path = read_jsonc((tmp_path / "wrangler.jsonc").read_text())["$schema"]
    assert (tmp_path / path).resolve() == schema.resolve()


def test_without_another_wrangler_the_path_of_the_schema_leads_to_that_of_this_checkout() -> None:
    folder = CHECKOUT / "wrangler" / "dev" / "api"
    path = folder / wrangler_files.schema_path("node_modules/wrangler/config-schema.json", folder)
    assert path.resolve() == (node.FOLDER / "node_modules" / "wrangler" / "config-schema.json").resolve()
