"""The real engine, the real SDKs, this provider and the emulator, with a flat program."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.ports import free_port
from localcloud.postgres import Postgres
from tests.localcloud.provider.cases import ACCOUNT
from tests.localcloud.provider.conftest import TOKEN
from tests.localcloud.provider.emulator import running, stored
from tests.localcloud.provider.test_process import start, until_open

pytestmark = pytest.mark.engine
SECONDS = 120

PROGRAM = """
import hashlib, pathlib
from urllib.parse import urlsplit
import pulumi, pulumi_cloudflare as cloudflare, pulumi_random as random

config = pulumi.Config()
account, script_name = config.require("account"), config.get("script") or "api"
url = urlsplit(config.require("url"))
bundle = pathlib.Path("worker.js")

password = random.RandomPassword("password", length=24, keepers={"Rotation_Key": config.get("rotation") or "1"})
hyperdrive = cloudflare.HyperdriveConfig(
    "hyperdrive",
    account_id=account,
    name="main",
    origin={
        "scheme": "postgres",
        "host": url.hostname,
        "port": url.port,
        "database": url.path[1:],
        "user": url.username,
        "password": config.require_secret("password"),
    },
    origin_connection_limit=config.get_int("limit") or 20,
    caching={"max_age": 60},
)
script = cloudflare.WorkersScript(
    "script",
    account_id=account,
    script_name=script_name,
    content_file="worker.js",
    content_sha256=hashlib.sha256(bundle.read_bytes()).hexdigest(),
    main_module="worker.js",
    compatibility_date="2026-08-01",
    compatibility_flags=["nodejs_compat"],
    bindings=[
        {"name": "HYPERDRIVE", "type": "hyperdrive", "id": hyperdrive.id},
        {"name": "KEY", "type": "secret_text", "text": password.result},
    ],
)
cloudflare.WorkersScriptSubdomain("subdomain", account_id=account, script_name=script.script_name, enabled=True)
cloudflare.WorkersCustomDomain(
    "domain",
    account_id=account,
    hostname="api.example.com",
    service=script.script_name,
    opts=pulumi.ResourceOptions(delete_before_replace=True),
)
namespace = cloudflare.WorkersKvNamespace("namespace", account_id=account, title="answers")
cloudflare.WorkersKv("value", account_id=account, namespace_id=namespace.id, key_name="users/1", value="v1")
zone = cloudflare.get_zone(filter={"name": "example.com"})
cloudflare.WorkersRoute("route", zone_id=zone.zone_id, pattern="example.com/*", script=script.script_name)
pulumi.export("hyperdrive", hyperdrive.id)
"""
RESOURCES = 9  # eight of the program, and the stack


@dataclass(frozen=True)
class Project:
    folder: Path
    environment: dict[str, str]
    emulator: str

    def pulumi(self, *arguments: str, stdin: str = "", status: int = 0) -> str:
        ended = subprocess.run(
            ["pulumi", "--non-interactive", "--color=never", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        assert ended.returncode == status or status < 0, ended.stdout
        return ended.stdout

    def set(self, key: str, value: str) -> None:
        self.pulumi("config", "set", key, value)

    def up(self) -> dict[str, int]:
        self.pulumi("up", "--yes", "--skip-preview")
        history = json.loads(self.pulumi("stack", "history", "--json"))
        changes: dict[str, int] = history[0]["resourceChanges"]
        return changes

    def previewed(self) -> dict[str, str]:
        preview = json.loads(self.pulumi("preview", "--json"))
        return {step["urn"].rsplit("::", 1)[1]: step["op"] for step in preview["steps"] if step["op"] != "same"}

    @property
    def requests(self) -> list[dict[str, Any]]:
        url, token = f"{self.emulator}/__localcloud/requests", {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.get(url, headers=token, timeout=SECONDS, trust_env=False)
        found: list[dict[str, Any]] = answer.json()["requests"]
        return found


@pytest.fixture
def project(tmp_path: Path, pulumi_path: Path, postgres: Postgres) -> Iterator[Project]:
    with prepared(tmp_path, pulumi_path, postgres) as project:
        yield project


@pytest.fixture(scope="module")
def shared_project(
    tmp_path_factory: pytest.TempPathFactory, pulumi_path: Path, postgres: Postgres
) -> Iterator[Project]:
    with prepared(tmp_path_factory.mktemp("shared"), pulumi_path, postgres) as project:
        yield project


@contextmanager
def prepared(work_folder: Path, pulumi_path: Path, postgres: Postgres) -> Iterator[Project]:
    folder = work_folder / "program"
    for path in (folder, work_folder / "state"):
        path.mkdir()
    (folder / "Pulumi.yaml").write_text("name: flat\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "worker.js").write_text("export default { fetch: () => new Response('ok') }\n")
    cloudflare = free_port()
    random = free_port({cloudflare})
    with running(work_folder / "cloudflare.json", TOKEN) as emulator:
        api = {"CLOUDFLARE_BASE_URL": f"{emulator}/client/v4", "CLOUDFLARE_API_TOKEN": TOKEN}
        provider = start(cloudflare, random, folder, **api)
        try:
            for port in (cloudflare, random):
                until_open(port)
            environment = os.environ | {
                "PATH": f"{Path(sys.executable).parent}:{pulumi_path.parent}:{os.environ['PATH']}",
                "PULUMI_HOME": str(work_folder / "home"),
                "PULUMI_BACKEND_URL": f"file://{work_folder / 'state'}",
                "PULUMI_CONFIG_PASSPHRASE": "test",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DEBUG_PROVIDERS": f"cloudflare:{cloudflare},random:{random}",
            }
            project = Project(folder, environment, emulator)
            prepare(project, postgres)
            yield project
        finally:
            provider.terminate()
            provider.communicate(timeout=SECONDS)


def prepare(project: Project, postgres: Postgres) -> None:
    password = postgres.url().split(":")[2].split("@")[0]
    project.pulumi("stack", "init", "test")
    project.set("account", ACCOUNT)
    project.set("url", postgres.url().replace(f":{password}@", "@"))
    project.pulumi("config", "set", "--secret", "password", stdin=password)


@dataclass(frozen=True)
class Observations:
    """Observations of the program from its first preview to its destroy."""

    first_preview: dict[str, str]
    asked: set[str]
    """HTTP methods of the requests of that preview."""
    stored_then: dict[str, Any]
    first: dict[str, int]
    again: dict[str, int]
    after_refresh: dict[str, str]
    exported: str
    """The stored state, with encrypted secrets."""
    generated: str = field(repr=False)
    """The password that the program generates."""
    given: str = field(repr=False)
    """The password in the configuration of the program."""
    left: dict[str, Any]


@pytest.fixture(scope="module")
def observations(shared_project: Project) -> Observations:
    first_preview = shared_project.previewed()
    asked = {request["method"] for request in shared_project.requests}
    stored_then = stored(shared_project.emulator, TOKEN)
    first, again = shared_project.up(), shared_project.up()
    shared_project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    after_refresh = shared_project.previewed()
    exported = shared_project.pulumi("stack", "export")
    revealed = json.loads(shared_project.pulumi("stack", "export", "--show-secrets"))
    outputs = {
        resource["urn"].rsplit("::", 1)[1]: resource.get("outputs", {})
        for resource in revealed["deployment"]["resources"]
    }
    generated = json.loads(outputs["password"]["result"]["plaintext"])
    given = json.loads(shared_project.pulumi("config", "--show-secrets", "--json"))["flat:password"]["value"]
    shared_project.pulumi("destroy", "--yes", "--skip-preview")
    left = stored(shared_project.emulator, TOKEN)
    return Observations(
        first_preview, asked, stored_then, first, again, after_refresh, exported, generated, given, left
    )


@pytest.fixture(scope="module")
def deployed_project(shared_project: Project, observations: Observations) -> Project:
    """The project after another `up`, for tests that make a change and deploy it."""
    shared_project.up()
    return shared_project


def test_a_second_up_and_a_preview_after_a_refresh_change_nothing(observations: Observations):
    assert set(observations.first_preview.values()) == {"create"}
    assert observations.first == {"create": RESOURCES}
    assert observations.again == {"same": RESOURCES}
    assert observations.after_refresh == {}


def test_a_preview_sends_only_reads(observations: Observations):
    assert observations.asked == {"GET"}
    assert observations.stored_then == {}


def test_secrets_are_not_readable_in_the_state(observations: Observations):
    assert len(observations.generated) == 24
    assert observations.generated not in observations.exported
    assert observations.given not in observations.exported


def test_destroy_deletes_all_resources(observations: Observations):
    assert observations.left == {}


def test_a_limit_changes_in_place_and_a_name_of_a_script_does_not(deployed_project: Project):
    before = stored(deployed_project.emulator, TOKEN)
    deployed_project.set("limit", "21")
    assert deployed_project.previewed() == {"hyperdrive": "update"}
    assert deployed_project.up() == {"same": RESOURCES - 1, "update": 1}
    assert stored(deployed_project.emulator, TOKEN) == before
    deployed_project.set("script", "renamed")
    previewed = deployed_project.previewed()
    assert previewed["route"] == "update"
    assert "replace" in previewed["script"]
    assert "replace" in previewed["domain"]
    deployed_project.up()
    assert stored(deployed_project.emulator, TOKEN)["scripts"] == ["renamed"]
    assert deployed_project.previewed() == {}


def test_a_rotated_password_reaches_the_script(deployed_project: Project):
    deployed_project.set("rotation", "2")
    assert deployed_project.previewed()["script"] == "update"
    assert deployed_project.up() == {"same": RESOURCES - 2, "update": 1, "replace": 1}


def test_a_resource_deleted_outside_pulumi_is_created_again(deployed_project: Project):
    token = {"Authorization": f"Bearer {TOKEN}"}
    gone = stored(deployed_project.emulator, TOKEN)["hyperdrive"][0]
    url = f"{deployed_project.emulator}/accounts/{ACCOUNT}/hyperdrive/configs/{gone}"
    httpx.delete(url, headers=token, timeout=SECONDS, trust_env=False).raise_for_status()
    deployed_project.pulumi("refresh", "--yes", "--skip-preview")
    assert deployed_project.previewed() == {"hyperdrive": "create", "script": "update"}
    deployed_project.up()
    assert stored(deployed_project.emulator, TOKEN)["hyperdrive"] != [gone]


def test_an_import_needs_no_change(deployed_project: Project):
    namespace = stored(deployed_project.emulator, TOKEN)["kv_namespaces"][0]
    token = "cloudflare:index/workersKvNamespace:WorkersKvNamespace"
    deployed_project.pulumi(
        "state", "delete", "--yes", "--target-dependents", f"urn:pulumi:test::flat::{token}::namespace"
    )
    deployed_project.pulumi(
        "import", "--yes", "--generate-code=false", "--protect=false", token, "namespace", f"{ACCOUNT}/{namespace}"
    )
    assert deployed_project.previewed() == {"value": "create"}
    deployed_project.up()
