"""A rollback to an older version of a Worker, whose Hyperdrive configuration has left the stack file since."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from localcloud.deploy import call_worker
from localcloud.errors import LocalCloudError
from tests.console import steps_of
from tests.engine.deployment import MAIN, SCRIPT, Deployment
from tests.engine.test_rotation import as_superuser, with_active_slot, with_slots_a_and_b
from tests.engine.throughout import asked_throughout
from tests.engine.vendor_stacks import error_of
from tests.localcloud.wrangler_tool import TIMEOUT_SECONDS, Wrangler, needs_wrangler

pytestmark = [pytest.mark.engine, needs_wrangler]

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
VALUES = {"connectionLimit": 5, "caching": "none"}
AGES = {"maxAge": 60, "staleWhileRevalidate": 15}


def with_hyperdrive(deployment: Deployment, **settings: Any) -> Deployment:
    def change(config: dict[str, Any]) -> None:
        database = config["edge-postgres:databases"]["main"]
        database["maxConnections"] = 100
        database["hyperdrive"] = {"connectionLimit": 20, "caching": "none", "deleteAtOnce": False, **settings}
        references = {"HYPERDRIVE": "main", **({"HYPERDRIVE_FRESH": "main.fresh"} if "fresh" in settings else {})}
        config["edge-postgres:workers"]["api"]["hyperdrive"] = references

    return deployment.changed(change)


def version(deployment: Deployment) -> str:
    """Returns the ID of the deployed version."""
    deployments = deployment.api("GET", f"accounts/local/workers/scripts/{SCRIPT}/deployments")["deployments"]
    return str(deployments[0]["versions"][0]["version_id"])


def bound_configuration(deployment: Deployment) -> str:
    """Returns the ID of the Hyperdrive configuration that the deployed version is bound to."""
    found = deployment.api("GET", f"accounts/local/workers/scripts/{SCRIPT}/versions/{version(deployment)}")
    (binding,) = [each for each in found["resources"]["bindings"] if each["name"] == "HYPERDRIVE"]
    return str(binding["id"])


def roll_back(deployment: Deployment, version_id: str, folder: Path) -> str:
    """Runs the page's commands of wrangler, and returns their output."""
    commands = [step.command.split(" ") for step in steps_of(PAGE) if step.command.startswith("npx wrangler ")]
    assert [command[2] for command in commands] == ["deployments", "versions", "rollback"]
    wrangler = Wrangler(folder)
    environment = deployment.cloud.environment()
    output = ""
    for command in commands:
        arguments = [{"NAME": SCRIPT, "VERSION_ID": version_id}.get(word, word) for word in command[2:]]
        ended = subprocess.run(
            wrangler.command(*arguments),
            cwd=folder,
            env=wrangler.environment(
                CLOUDFLARE_API_BASE_URL=environment["CLOUDFLARE_BASE_URL"],
                CLOUDFLARE_API_TOKEN=environment["CLOUDFLARE_API_TOKEN"],
                CLOUDFLARE_ACCOUNT_ID="local",
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=3 * TIMEOUT_SECONDS,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        output += ended.stdout
    assert version(deployment) == version_id
    return output


def expect_nothing_left(deployment: Deployment) -> None:
    deployment.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert [kind for kind, ids in deployment.stored().items() if ids] == []


def test_an_older_version_answers_after_the_configuration_was_renamed(deployment: Deployment, tmp_path: Path) -> None:
    before = with_hyperdrive(deployment)
    before.up()
    (old,), old_version = before.stored()["hyperdrive"], version(before)
    error = error_of(with_hyperdrive(before, configName="shop-db"), "preview")
    assert "databases.main.hyperdrive" in error
    assert f"Add `keep: {{{MAIN}: {{connectionLimit: 20, caching: none}}}}`" in error

    renamed = with_hyperdrive(before, configName="shop-db", keep={MAIN: VALUES})
    with asked_throughout(renamed.cloud, f"{SCRIPT}.localhost", read=lambda _: "answered") as answers:
        renamed.up()
    assert answers[f"{SCRIPT}.localhost"].texts == ["answered"]
    assert len(renamed.stored()["hyperdrive"]) == 2
    assert bound_configuration(renamed) != old
    assert renamed.stack.outputs()["connections"] == {"main": 25}
    assert set(renamed.up()) == {"same"}

    assert old in roll_back(renamed, old_version, tmp_path)
    assert bound_configuration(renamed) == old
    assert call_worker(renamed.cloud.worker_url(SCRIPT))["success"] is True

    removed = with_hyperdrive(renamed, configName="shop-db")
    removed.up()
    assert old not in removed.stored()["hyperdrive"]
    expect_nothing_left(removed)


def test_an_older_version_has_no_database_if_its_configuration_was_deleted_at_once(
    deployment: Deployment, tmp_path: Path
) -> None:
    before = with_hyperdrive(deployment)
    before.up()
    old_version = version(before)
    renamed = with_hyperdrive(before, configName="shop-db", deleteAtOnce=True)
    renamed.up()
    assert len(renamed.stored()["hyperdrive"]) == 1
    roll_back(renamed, old_version, tmp_path)
    with pytest.raises(LocalCloudError, match="did not return a successful JSON response"):
        call_worker(renamed.cloud.worker_url(SCRIPT))


def test_an_older_version_answers_after_the_slots_were_removed(deployment: Deployment, tmp_path: Path) -> None:
    try:
        slots = with_active_slot(with_slots_a_and_b(with_hyperdrive(deployment)), "b")
        slots.up()
        old, old_version = bound_configuration(slots), version(slots)
        single = slots.changed(lambda config: config["edge-postgres:databases"]["main"].pop("credentials"))
        error = error_of(single, "preview")
        assert f"Add `keep: {{{MAIN}-b: {{" in error
        assert f"{MAIN}-a" not in error
        single = with_hyperdrive(single, keep={f"{MAIN}-b": VALUES})
        single.up()
        assert old in single.stored()["hyperdrive"]
        assert as_superuser(single.cloud, "select rolname from pg_roles where rolname = 'app_b'") == []
        roll_back(single, old_version, tmp_path)
        assert bound_configuration(single) == old
        assert call_worker(single.cloud.worker_url(SCRIPT))["success"] is True
        expect_nothing_left(single)
    finally:
        for role in ("app_a", "app_b"):
            as_superuser(deployment.cloud, f"drop role if exists {role}")


def test_a_kept_configuration_becomes_the_current_one_again(deployment: Deployment) -> None:
    pair = with_hyperdrive(deployment, caching=AGES, fresh={"share": 0.3})
    pair.up()
    ids = sorted(pair.stored()["hyperdrive"])
    single = with_hyperdrive(pair, caching=AGES, keep={f"{MAIN}-fresh": VALUES})
    single.up()
    assert sorted(single.stored()["hyperdrive"]) == ids
    again = with_hyperdrive(single, caching=AGES, fresh={"share": 0.3})
    again.up()
    assert sorted(again.stored()["hyperdrive"]) == ids
    assert set(again.up()) == {"same"}
