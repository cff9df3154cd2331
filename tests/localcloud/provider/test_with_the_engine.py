"""The real engine, the real SDKs, this provider and the emulator: a flat program through its life."""

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
    for made in (folder, work_folder / "state"):
        made.mkdir()
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
class Life:
    """What was seen of the program from its first preview to its end."""

    first_preview: dict[str, str]
    asked: set[str]
    """Methods of the requests of that preview."""
    stored_then: dict[str, Any]
    first: dict[str, int]
    again: dict[str, int]
    after_refresh: dict[str, str]
    exported: str
    """The state as it is stored, secrets encrypted."""
    generated: str = field(repr=False)
    """The password that the program makes."""
    given: str = field(repr=False)
    """The password that it is configured with."""
    left: dict[str, Any]


@pytest.fixture(scope="module")
def life(shared_project: Project) -> Life:
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
    return Life(first_preview, asked, stored_then, first, again, after_refresh, exported, generated, given, left)


@pytest.fixture(scope="module")
def standing(shared_project: Project, life: Life) -> Project:
    """Up again after its life, for tests that change something and leave nothing to do."""
    shared_project.up()
    return shared_project


def test_a_second_up_and_a_preview_after_a_refresh_change_nothing(life: Life):
    assert set(life.first_preview.values()) == {"create"}
    assert life.first == {"create": RESOURCES}
    assert life.again == {"same": RESOURCES}
    assert life.after_refresh == {}


def test_a_preview_asks_nothing_that_changes_the_api(life: Life):
    assert life.asked == {"GET"}
    assert life.stored_then == {}


def test_secrets_are_not_readable_in_the_state(life: Life):
    assert len(life.generated) == 24
    assert life.generated not in life.exported
    assert life.given not in life.exported


def test_destroy_leaves_nothing_behind(life: Life):
    assert life.left == {}


def test_a_limit_changes_in_place_and_a_name_of_a_script_does_not(standing: Project):
    before = stored(standing.emulator, TOKEN)
    standing.set("limit", "21")
    assert standing.previewed() == {"hyperdrive": "update"}
    assert standing.up() == {"same": RESOURCES - 1, "update": 1}
    assert stored(standing.emulator, TOKEN) == before
    standing.set("script", "renamed")
    previewed = standing.previewed()
    assert previewed["route"] == "update"
    assert "replace" in previewed["script"]
    assert "replace" in previewed["domain"]
    standing.up()
    assert stored(standing.emulator, TOKEN)["scripts"] == ["renamed"]
    assert standing.previewed() == {}


def test_a_rotated_password_reaches_the_script(standing: Project):
    standing.set("rotation", "2")
    assert standing.previewed()["script"] == "update"
    assert standing.up() == {"same": RESOURCES - 2, "update": 1, "replace": 1}


def test_what_somebody_deletes_elsewhere_is_made_again(standing: Project):
    token = {"Authorization": f"Bearer {TOKEN}"}
    gone = stored(standing.emulator, TOKEN)["hyperdrive"][0]
    url = f"{standing.emulator}/accounts/{ACCOUNT}/hyperdrive/configs/{gone}"
    httpx.delete(url, headers=token, timeout=SECONDS, trust_env=False).raise_for_status()
    standing.pulumi("refresh", "--yes", "--skip-preview")
    assert standing.previewed() == {"hyperdrive": "create", "script": "update"}
    standing.up()
    assert stored(standing.emulator, TOKEN)["hyperdrive"] != [gone]


def test_an_import_takes_over_without_a_change(standing: Project):
    namespace = stored(standing.emulator, TOKEN)["kv_namespaces"][0]
    token = "cloudflare:index/workersKvNamespace:WorkersKvNamespace"
    standing.pulumi("state", "delete", "--yes", "--target-dependents", f"urn:pulumi:test::flat::{token}::namespace")
    standing.pulumi(
        "import", "--yes", "--generate-code=false", "--protect=false", token, "namespace", f"{ACCOUNT}/{namespace}"
    )
    assert standing.previewed() == {"value": "create"}
    standing.up()
