"""wrangler with versions, deployments and secrets of a Worker, which the local runtime runs."""

import re
from typing import Any

from tests.localcloud.clients.cli import Cli
from tests.localcloud.cloudflare.api import SCRIPTS, result, text, upload
from tests.localcloud.cloudflare.conftest import Running
from tests.localcloud.wrangler_tool import needs_wrangler

pytestmark = needs_wrangler

SHOW = "export default { fetch: (request, env) => new Response(env.WORD + '/' + (env.KEY ?? 'none')) };"
WORKER = ("--name", "api")


def deploy(running: Running, word: str, key: str = "k1", **metadata: Any) -> str:
    """Deploys a version of the Worker, and returns its id."""
    bindings = (text("WORD", word), text("KEY", key, "secret_text"))
    result(upload(running.client, "api", *bindings, source=SHOW, **metadata))
    result(running.client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    return str(result(running.client.get(f"{SCRIPTS}/api/versions"))["items"][0]["id"])


def test_a_rollback_changes_what_the_worker_answers(running: Running, deploying_wrangler: Cli) -> None:
    old, _ = deploy(running, "old"), deploy(running, "new")
    assert running.ask().text == "new/k1"
    output = deploying_wrangler.run("rollback", old, *WORKER, "-y", "-m", "back")
    assert f"Current Version ID: {old}" in output
    assert running.ask().text == "old/k1"


def test_a_rollback_without_a_version_goes_back_to_the_previous_one(running: Running, deploying_wrangler: Cli) -> None:
    old, _ = deploy(running, "old"), deploy(running, "new")
    assert f"Current Version ID: {old}" in deploying_wrangler.run("rollback", *WORKER, "-y", "-m", "back")
    assert running.ask().text == "old/k1"


def test_a_rollback_names_the_secrets_that_have_changed(running: Running, deploying_wrangler: Cli) -> None:
    old, _ = deploy(running, "old", key="k1"), deploy(running, "new", key="k2")
    output = deploying_wrangler.run("rollback", old, *WORKER, "-y", "-m", "back")
    assert "The following secrets have changed" in output
    assert "* KEY" in output
    assert running.ask().text == "old/k1"


def test_a_deployment_of_two_versions_reaches_both(running: Running, deploying_wrangler: Cli) -> None:
    old, new = deploy(running, "old"), deploy(running, "new")
    deploying_wrangler.run("versions", "deploy", f"{old}@50", f"{new}@50", *WORKER, "-y")
    assert {running.ask().text for _ in range(60)} == {"old/k1", "new/k1"}
    status = deploying_wrangler.run("deployments", "status", *WORKER)
    assert f"(50%) {old}" in status
    assert f"(50%) {new}" in status


def test_the_deployments_are_listed_with_their_versions(running: Running, deploying_wrangler: Cli) -> None:
    ids = [deploy(running, word) for word in ("a", "b")]
    output = deploying_wrangler.run("deployments", "list", *WORKER)
    assert re.findall(r"\(100%\) (\S+)", output) == ids


def test_more_deployments_than_the_api_lists_are_no_problem(running: Running, deploying_wrangler: Cli) -> None:
    ids = [deploy(running, str(number)) for number in range(12)]
    output = deploying_wrangler.run("deployments", "list", *WORKER)
    assert re.findall(r"\(100%\) (\S+)", output) == ids[-10:]


def test_the_versions_are_listed_with_tag_and_message(running: Running, deploying_wrangler: Cli) -> None:
    id_ = deploy(running, "a", annotations={"workers/tag": "v1.2", "workers/message": "faster"})
    output = deploying_wrangler.run("versions", "list", *WORKER)
    assert [f"Version ID:  {id_}", "v1.2", "faster"] == [
        part for part in (f"Version ID:  {id_}", "v1.2", "faster") if part in output
    ]


def test_a_version_is_shown_with_its_bindings(running: Running, deploying_wrangler: Cli) -> None:
    id_ = deploy(running, "a", compatibility_flags=["nodejs_compat"])
    output = deploying_wrangler.run("versions", "view", id_, *WORKER)
    assert "Compatibility Flags:  nodejs_compat" in output
    assert "Secret Name:  KEY" in output
    assert 'env.WORD ("a")' in output


def test_a_secret_reaches_the_worker_at_once(running: Running, deploying_wrangler: Cli) -> None:
    deploy(running, "a", key="k1")
    deploying_wrangler.run("secret", "put", "KEY", *WORKER, stdin="k2")
    assert running.ask().text == "a/k2"
    assert '"name": "KEY"' in deploying_wrangler.run("secret", "list", *WORKER)
    deploying_wrangler.run("secret", "delete", "KEY", *WORKER)
    assert running.ask().text == "a/none"
    assert "KEY" not in deploying_wrangler.run("secret", "list", *WORKER)


def test_several_secrets_are_changed_at_once(running: Running, deploying_wrangler: Cli) -> None:
    deploy(running, "a", key="k1")
    deploying_wrangler.run("secret", "bulk", *WORKER, stdin='{"WORD": "b", "KEY": "k2"}')
    assert running.ask().text == "b/k2"


def test_a_secret_of_a_version_waits_for_its_deployment(running: Running, deploying_wrangler: Cli) -> None:
    deploy(running, "a", key="k1")
    output = deploying_wrangler.run("versions", "secret", "put", "KEY", *WORKER, stdin="k2")
    (created,) = re.findall(r"Created version (\S+)", output)
    assert running.ask().text == "a/k1"
    refused = deploying_wrangler.run("secret", "put", "KEY", *WORKER, stdin="k3", succeeds=False)
    assert "the latest version of your Worker isn't currently deployed" in refused
    deploying_wrangler.run("versions", "deploy", f"{created}@100", *WORKER, "-y")
    assert running.ask().text == "a/k2"


def test_a_version_that_wrangler_uploads_waits_for_its_deployment(running: Running, deploying_wrangler: Cli) -> None:
    deploy(running, "a")
    script = deploying_wrangler.folder / "uploaded.js"
    script.write_text("export default { fetch: () => new Response('uploaded') };")
    output = deploying_wrangler.run(
        *("versions", "upload", str(script), *WORKER, "--compatibility-date", "2026-08-01", "--tag", "v2")
    )
    (uploaded,) = re.findall(r"Worker Version ID: (\S+)", output)
    assert running.ask().text == "a/k1"
    deploying_wrangler.run("versions", "deploy", f"{uploaded}@100", *WORKER, "-y")
    assert running.ask().text == "uploaded"
