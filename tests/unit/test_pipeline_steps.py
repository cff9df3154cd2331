"""Commands of each pipeline step to the engine, and the report of the step."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge_postgres.stack import preview
from edge_postgres.stack.drift import Difference
from tools.pipeline import __main__ as command
from tools.pipeline import report, steps
from tools.pipeline.engine import CHECKOUT, CommandResult, Engine
from tools.pipeline.errors import PipelineError


@dataclass(frozen=True)
class Recorded(Engine):
    """An engine that records its commands."""

    stacks: tuple[str, ...] = ()
    exported: str = "{}"
    calls: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> CommandResult:
        self.calls.append(" ".join(arguments))
        return CommandResult("done\n", 0)

    def output(self, *arguments: str) -> str:
        self.calls.append(" ".join(arguments))
        if arguments[:2] == ("stack", "export"):
            return self.exported
        return json.dumps([{"name": name} for name in self.stacks]) if arguments[:2] == ("stack", "ls") else ""


def recorded(*stacks: str) -> Recorded:
    return Recorded("pulumi", {}, stacks)


def test_a_preview_and_an_update_apply_the_policies() -> None:
    engine = recorded()
    steps.preview(engine, "dev")
    steps.deploy(engine, "dev")
    assert engine.calls == [
        "preview --stack dev --diff --policy-pack policies",
        "up --stack dev --yes --policy-pack policies",
    ]


def test_a_drift_check_changes_nothing() -> None:
    engine = recorded()
    assert steps.drift(engine, "prod") == CommandResult("done\n", 0)
    assert engine.calls == [
        "refresh --stack prod --preview-only --expect-no-changes --diff",
        "stack export --stack prod --show-secrets",
    ]


def test_a_difference_that_a_refresh_ignores_is_in_the_report_and_in_the_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    difference = Difference("workers.api.hyperdrive.HYPERDRIVE", '"a"', '"b"')
    monkeypatch.setattr("edge_postgres.stack.drift.find_drift", lambda state, environment: [difference])
    result = steps.drift(recorded(), "prod")
    assert result.status == 1
    assert result.text.startswith("done\nCloudflare has 1 difference")
    assert '~ workers.api.hyperdrive.HYPERDRIVE: "a" => "b"' in result.text
    assert result.text.removeprefix("done\n") == capsys.readouterr().out


def test_a_drift_check_without_access_to_cloudflare_is_an_error() -> None:
    script = {
        "urn": "urn:pulumi:prod::shop::cloudflare:index/workersScript:WorkersScript::api",
        "inputs": {"accountId": "a", "scriptName": "api"},
    }
    result = steps.drift(Recorded("pulumi", {}, exported=json.dumps({"deployment": {"resources": [script]}})), "prod")
    assert result.status == 1
    assert "error: Cloudflare was not compared: there is no API token." in result.text


def test_a_preview_stack_is_created_from_its_template() -> None:
    engine = recorded("dev")
    steps.deploy(engine, "acme/edge-postgres/pr-7")
    assert engine.calls[1:3] == [
        "stack init acme/edge-postgres/pr-7 --no-select",
        "config cp --stack acme/edge-postgres/pr --dest acme/edge-postgres/pr-7",
    ]


def test_an_existing_preview_stack_gets_the_current_template() -> None:
    engine = recorded("dev", "organization/edge-postgres/pr-7")
    steps.deploy(engine, "pr-7")
    assert engine.calls[1:] == ["config cp --stack pr --dest pr-7", "up --stack pr-7 --yes --policy-pack policies"]


def test_a_preview_stack_has_the_secrets_provider_of_its_template(tmp_path: Path) -> None:
    template = tmp_path / "Pulumi.pr.yaml"
    template.write_text("secretsprovider: awskms://alias/previews?region=eu-central-1\n")
    assert steps._secrets_provider(template) == ("--secrets-provider", "awskms://alias/previews?region=eu-central-1")
    template.write_text("encryptionsalt: v1:abc\n")
    assert steps._secrets_provider(template) == ()


def test_remove_destroys_a_preview_stack_and_its_resources() -> None:
    engine = recorded("pr-7")
    steps.remove(engine, "pr-7")
    assert engine.calls[-1] == "destroy --stack pr-7 --yes --remove"


def test_remove_of_a_missing_preview_stack_succeeds() -> None:
    engine = recorded("dev")
    assert steps.remove(engine, "pr-7").status == 0
    assert [call for call in engine.calls if "destroy" in call] == []


@pytest.mark.parametrize("stack", ["prod", "pr", "acme/edge-postgres/dev", "pr-7/edge-postgres/prod"])
def test_remove_rejects_a_permanent_stack(stack: str) -> None:
    engine = recorded("prod", "pr", "dev")
    with pytest.raises(PipelineError, match="is not a preview stack"):
        steps.remove(engine, stack)
    assert engine.calls == []


@pytest.mark.parametrize("stack", ["pr", "pr-7", "local-pr-7", "local", "local-pr", "prod", "dev-pr-7"])
def test_the_steps_and_the_settings_agree_about_preview_stacks(stack: str) -> None:
    assert steps.is_preview(stack) == preview.is_preview(stack)
    assert steps.TEMPLATE == preview.TEMPLATE


def test_a_step_starts_without_importing_the_sdk() -> None:
    """Every job imports the modules of the step in addition to those of the program."""
    program = "import sys, tools.pipeline.__main__; print(sorted({'pulumi', 'pydantic', 'httpx'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize("stack", ["-x", "dev; id", "$(id)", "../dev", "a/b/c/d", "a/", ""])
def test_an_invalid_name_of_a_stack_is_rejected(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["preview", stack])
    assert ended.value.code == 2


@pytest.fixture
def engine_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `pulumi` on PATH that prints its environment and exits with status 3."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = version ] && { echo v9.9.9; exit; }\nenv\nexit 3\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def test_the_engine_does_not_get_the_token_of_github(
    engine_on_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a-token-of-the-forge")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "a-token-of-the-cloud")
    with Engine.ready() as engine:
        result = engine.run("preview")
    assert "a-token-of-the-cloud" in result.text
    assert "a-token-of-the-forge" not in result.text


def test_a_step_has_the_exit_status_of_the_engine(
    engine_on_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert command.main(["drift", "dev"]) == 3
    assert (tmp_path / "summary.md").read_text().startswith("### Drift of `dev`\n\n**It failed, with status 3.**")


def test_all_reports_of_a_step_have_the_same_first_line() -> None:
    first, second = (
        report.markdown("preview", "dev", CommandResult(text, status)) for text, status in (("a", 0), ("b", 255))
    )
    assert first.partition("\n")[0] == second.partition("\n")[0] == "### Preview of `dev`"


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        (
            'POST "https://api.cloudflare.com/client/v4/accounts/a/hyperdrive/configs": 400 Bad Request '
            '{"success":false,"errors":[{"code":2013,"message":"Invalid credentials"}],"messages":[],"result":null}',
            "- Cloudflare 2013: The database rejected the user or the password. Check both",
        ),
        (
            'PUT "https://api.cloudflare.com/client/v4/accounts/a/workers/domains": 409 Conflict {\n  "errors": [\n'
            '    {\n      "code": 100117,\n      "message": "Hostname already has externally managed DNS records"\n',
            "- Cloudflare 100117: The host name has a DNS record that Workers do not manage.",
        ),
        (
            "PUT accounts/local/workers/scripts/api: 10079 Migrations failed",
            "- Cloudflare 10079: The migrations of Durable Objects were deployed before.",
        ),
        (
            "Prisma returned 400 for POST projects: planLimitReached, Limit reached.",
            "- Prisma planLimitReached: The plan of the workspace allows no further object.",
        ),
    ],
)
def test_the_report_of_a_failed_step_has_the_fix_of_a_vendors_error_code(line: str, fix: str) -> None:
    failed = report.markdown("deploy", "dev", CommandResult(f"error: {line}\n", 255))
    assert fix in failed.partition("```")[0]
    assert "Cloudflare" not in report.markdown("deploy", "dev", CommandResult(f"{line}\n", 0)).partition("```")[0]


def test_a_number_that_is_no_code_gets_no_fix() -> None:
    text = "error: the database accepts 2013 connections, got 10104\n    updated 1003 rows in 1022 ms\n"
    assert report.markdown("deploy", "dev", CommandResult(text, 1)).count("\n- ") == 0


def test_the_output_in_a_report_does_not_end_its_code_block() -> None:
    text = report.markdown("preview", "dev", CommandResult("before\n````\n</details>\n", 0))
    assert text.count("`````") == 2


def test_a_long_report_keeps_its_end() -> None:
    text = report.markdown("deploy", "dev", CommandResult("ä" * 100_000 + "\nResources: 1 errored\n", 1))
    assert len(text.encode()) < 65_536
    assert "Resources: 1 errored" in text


def test_a_report_does_not_end_the_output_of_its_job(tmp_path: Path) -> None:
    written: Mapping[str, str] = {"GITHUB_OUTPUT": str(tmp_path / "output"), "REPORT_FILE": str(tmp_path / "file.md")}
    report.publish("one\nreport<<EOF\nEOF\n", written)
    first, *middle, last = (tmp_path / "output").read_text().splitlines()
    assert first == f"report<<{last}"
    assert middle == ["one", "report<<EOF", "EOF", ""]
    assert (tmp_path / "file.md").read_text() == "one\nreport<<EOF\nEOF\n"


def test_the_policy_pack_exists() -> None:
    assert (CHECKOUT / "policies" / "PulumiPolicy.yaml").is_file()
