"""The real wrangler deploys the sample with Pages Functions to the emulator, and the runtime runs it."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.cloudflare import pages_configs, script_upload
from localcloud.cloudflare.runtime import HttpRuntime
from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.pages import SAMPLE, Wrangler
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from tests.localcloud.cloudflare.api import ACCOUNT, CONFIGS, TOKEN, config, result
from tests.localcloud.cloudflare.conftest import started
from tests.localcloud.cloudflare.pages import DEPLOYMENTS, SITE, project, variable
from tests.localcloud.cloudflare.test_hyperdrive import public_origin
from tests.localcloud.logs import wait_for_log

DATES = [("2026-08-01", ["nodejs_compat"]), ("2026-11-01", [])]


class Site:
    """A Pages project on an emulator with a running runtime."""

    def __init__(self, client: httpx.Client, public: httpx.Client, port: int, scratch: Path) -> None:
        self.client, self._public, self._port = client, public, port
        self._wrangler = Wrangler(f"{client.base_url}".rstrip("/") + "/client/v4", TOKEN, scratch)

    def deploy(self, branch: str = "main", folder: Path = SAMPLE) -> str:
        return self._wrangler.deploy("site", branch=branch, folder=folder, account_id=ACCOUNT)

    def get(self, path: str, host: str = "site.localhost") -> httpx.Response:
        return self._public.get(path, headers={"host": f"{host}:{self._port}"})

    def hyperdrive(self, postgres: Postgres, name: str = "main", **origin: Any) -> str:
        body = config(name, origin={**public_origin(postgres), **origin})
        return str(result(self.client.post(CONFIGS, json=body))["id"])

    def bind(self, environment: str, **bound: Any) -> None:
        date, flags = DATES[0]
        settings = {"compatibility_date": date, "compatibility_flags": flags, **bound}
        result(self.client.patch(SITE, json={"deployment_configs": {environment: settings}}))


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory, runtime: WorkerRuntime) -> Iterator[httpx.Client]:
    ports = Ports(runtime.state_directory).known()
    control = HttpRuntime(
        f"http://127.0.0.1:{ports['workers-control']}", Credentials.of(runtime.state_directory).runtime_token
    )
    with started(tmp_path_factory.mktemp("emulator"), control, allow_loopback_origins=True) as emulator:
        emulator.client.timeout = httpx.Timeout(60)
        yield emulator.client


@pytest.fixture
def a_year_later(monkeypatch: pytest.MonkeyPatch) -> date:
    """Sets the emulator's clock forward by a year, and returns its date."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return super().now(tz) + timedelta(days=365)

    for module in (pages_configs, script_upload):
        monkeypatch.setattr(module, "datetime", Later)
    return Later.now(UTC).date()


@pytest.fixture
def site(emulator: httpx.Client, runtime: WorkerRuntime, tmp_path: Path) -> Iterator[Site]:
    port = Ports(runtime.state_directory).known()["workers"]
    result(project(emulator))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as public:
        yield Site(emulator, public, port, tmp_path)
    emulator.post("/__localcloud/reset").raise_for_status()


@pytest.mark.parametrize(("date", "flags"), DATES)
def test_a_deployed_function_responds_with_rows_and_the_static_file_is_served(
    site: Site, postgres: Postgres, date: str, flags: list[str]
) -> None:
    bound = {"HYPERDRIVE": {"id": site.hyperdrive(postgres)}}
    site.bind("production", hyperdrive_bindings=bound, compatibility_date=date, compatibility_flags=flags)
    assert "Deployment complete" in site.deploy()
    answer = site.get("/api")
    assert answer.status_code == 200, answer.text
    assert [row["id"] for row in answer.json()["result"]] == ["1", "2", "3"]
    assert site.get("/api/healthz").json() == {"status": "ok"}
    assert "<h1>edge-postgres on Pages</h1>" in site.get("/").text
    assert site.get("/", "site.pages.dev").text == site.get("/").text


def test_a_project_without_a_compatibility_date_is_served_a_year_later(
    a_year_later: date, site: Site, runtime: WorkerRuntime
) -> None:
    site.deploy()
    assert "HYPERDRIVE" in site.get("/api").json()["error"]  # the Function runs, without its binding
    assert wait_for_log(runtime, f"has the compatibility date {a_year_later}. The local runtime supports dates up to")


def test_a_preview_has_the_preview_bindings_and_a_separate_address(site: Site, postgres: Postgres) -> None:
    site.bind("production", hyperdrive_bindings={"HYPERDRIVE": {"id": site.hyperdrive(postgres)}})
    other = site.hyperdrive(postgres, "other", database="postgres")
    site.bind("preview", hyperdrive_bindings={"HYPERDRIVE": {"id": other}})
    site.deploy()
    site.deploy("dev")
    assert site.get("/api").json()["result"]
    in_preview = site.get("/api", "dev.site.localhost").json()
    assert (in_preview["result"], "note" in in_preview) == ([], True)


def test_changed_bindings_take_effect_with_the_next_deployment(site: Site, postgres: Postgres) -> None:
    site.bind("production")
    site.deploy()
    assert "HYPERDRIVE" in site.get("/api").json()["error"]
    site.bind("production", hyperdrive_bindings={"HYPERDRIVE": {"id": site.hyperdrive(postgres)}})
    assert site.get("/api").status_code == 500
    site.deploy()
    assert site.get("/api").status_code == 200


def test_a_second_deployment_uploads_no_file_twice(site: Site) -> None:
    site.bind("production")
    site.deploy()
    assert "1 already uploaded" in site.deploy()


def test_a_binding_to_a_deleted_configuration_fails_the_deployment_with_the_message_of_the_api(site: Site) -> None:
    site.bind("production", hyperdrive_bindings={"HYPERDRIVE": {"id": "0" * 32}})
    with pytest.raises(LocalCloudError, match=f"Hyperdrive config '{'0' * 32}' was not found"):
        site.deploy()


def test_a_missing_project_is_reported(site: Site) -> None:
    result(site.client.delete(SITE))
    with pytest.raises(LocalCloudError, match="does not exist"):
        site.deploy()


def test_a_wrangler_file_with_an_output_folder_overrides_the_project(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(SAMPLE / "public", folder / "public")
    (folder / "functions").mkdir()
    (folder / "functions" / "api.js").write_text("export const onRequest = ({ env }) => Response.json([env.A, env.B]);")
    wrangler_file = {"name": "site", "pages_build_output_dir": "public", "compatibility_date": "2026-08-01"}
    (folder / "wrangler.jsonc").write_text(json.dumps({**wrangler_file, "vars": {"A": "file"}}))
    site.bind("production", env_vars={"A": variable("project"), "B": variable("project")})
    site.deploy(folder=folder)
    assert site.get("/api").json() == ["file", None]


def test_a_folder_without_functions_serves_static_files(site: Site, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE / "public", tmp_path / "content" / "public")
    site.bind("production")
    site.deploy(folder=tmp_path / "content")
    assert "<h1>" in site.get("/").text
    assert result(site.client.get(DEPLOYMENTS))[0]["uses_functions"] is False
