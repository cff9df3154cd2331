"""What each step of a pipeline has the engine do, and what it tells of it."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from settings import preview
from tools.pipeline import __main__ as command
from tools.pipeline import report, steps
from tools.pipeline.engine import CHECKOUT, Engine, Ran
from tools.pipeline.stopped import Stopped


@dataclass(frozen=True)
class Recorded(Engine):
    """An engine that keeps what it is asked for."""

    stacks: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list)

    def show(self, *arguments: str) -> Ran:
        self.calls.append(" ".join(arguments))
        return Ran("done\n", 0)

    def ask(self, *arguments: str) -> str:
        self.calls.append(" ".join(arguments))
        return json.dumps([{"name": name} for name in self.stacks]) if arguments[:2] == ("stack", "ls") else ""


def recorded(*stacks: str) -> Recorded:
    return Recorded("pulumi", {}, stacks)


def test_a_preview_and_an_update_are_held_against_the_policies() -> None:
    engine = recorded()
    steps.preview(engine, "dev")
    steps.deploy(engine, "dev")
    assert engine.calls == [
        "preview --stack dev --diff --policy-pack policies",
        "up --stack dev --yes --policy-pack policies",
    ]


def test_a_drift_check_changes_nothing() -> None:
    engine = recorded()
    steps.drift(engine, "prod")
    assert engine.calls == ["refresh --stack prod --preview-only --expect-no-changes --diff"]


def test_a_preview_stack_is_made_from_its_template() -> None:
    engine = recorded("dev")
    steps.deploy(engine, "acme/edge-postgres/pr-7")
    assert engine.calls[1:3] == [
        "stack init acme/edge-postgres/pr-7 --no-select",
        "config cp --stack acme/edge-postgres/pr --dest acme/edge-postgres/pr-7",
    ]


def test_a_preview_stack_that_is_there_gets_the_template_of_today() -> None:
    engine = recorded("dev", "organization/edge-postgres/pr-7")
    steps.deploy(engine, "pr-7")
    assert engine.calls[1:] == ["config cp --stack pr --dest pr-7", "up --stack pr-7 --yes --policy-pack policies"]


def test_the_previews_are_encrypted_as_their_template_is(tmp_path: Path) -> None:
    template = tmp_path / "Pulumi.pr.yaml"
    template.write_text("secretsprovider: awskms://alias/previews?region=eu-central-1\n")
    assert steps._secrets_provider(template) == ("--secrets-provider", "awskms://alias/previews?region=eu-central-1")
    template.write_text("encryptionsalt: v1:abc\n")
    assert steps._secrets_provider(template) == ()


def test_a_preview_stack_is_removed_with_what_it_made() -> None:
    engine = recorded("pr-7")
    steps.remove(engine, "pr-7")
    assert engine.calls[-1] == "destroy --stack pr-7 --yes --remove"


def test_a_preview_stack_that_is_gone_is_no_failure() -> None:
    engine = recorded("dev")
    assert steps.remove(engine, "pr-7").status == 0
    assert [call for call in engine.calls if "destroy" in call] == []


@pytest.mark.parametrize("stack", ["prod", "pr", "acme/edge-postgres/dev", "pr-7/edge-postgres/prod"])
def test_a_stack_that_stays_is_not_removed(stack: str) -> None:
    engine = recorded("prod", "pr", "dev")
    with pytest.raises(Stopped, match="is no preview stack"):
        steps.remove(engine, stack)
    assert engine.calls == []


@pytest.mark.parametrize("stack", ["pr", "pr-7", "local-pr-7", "local", "local-pr", "prod", "dev-pr-7"])
def test_a_preview_stack_is_one_as_the_program_has_it(stack: str) -> None:
    assert steps.is_preview(stack) == preview.is_preview(stack)
    assert steps.TEMPLATE == preview.TEMPLATE


def test_a_step_begins_without_the_sdk() -> None:
    """Its own imports come on top of the program's, in every job."""
    program = "import sys, tools.pipeline.__main__; print(sorted({'pulumi', 'pydantic', 'httpx'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize("stack", ["-x", "dev; id", "$(id)", "../dev", "a/b/c/d", "a/", ""])
def test_what_is_no_name_of_a_stack_is_refused(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["preview", stack])
    assert ended.value.code == 2


@pytest.fixture
def engine_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `pulumi` that prints its environment and ends with status 3, and is the machine's."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = version ] && { echo v9.9.9; exit; }\nenv\nexit 3\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def test_the_engine_is_not_told_what_acts_at_the_forge(
    engine_on_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a-token-of-the-forge")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "a-token-of-the-cloud")
    with Engine.ready() as engine:
        ran = engine.show("preview")
    assert "a-token-of-the-cloud" in ran.text
    assert "a-token-of-the-forge" not in ran.text


def test_a_step_ends_as_the_engine_does(
    engine_on_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert command.main(["drift", "dev"]) == 3
    assert (tmp_path / "summary.md").read_text().startswith("### Drift of `dev`\n\n**It failed, with status 3.**")


def test_two_reports_of_a_step_begin_alike() -> None:
    first, second = (report.markdown("preview", "dev", Ran(text, status)) for text, status in (("a", 0), ("b", 255)))
    assert first.partition("\n")[0] == second.partition("\n")[0] == "### Preview of `dev`"


def test_nothing_in_a_report_ends_its_block() -> None:
    text = report.markdown("preview", "dev", Ran("before\n````\n</details>\n", 0))
    assert text.count("`````") == 2


def test_a_long_report_keeps_its_end() -> None:
    text = report.markdown("deploy", "dev", Ran("ä" * 100_000 + "\nResources: 1 errored\n", 1))
    assert len(text.encode()) < 65_536
    assert "Resources: 1 errored" in text


def test_an_output_of_a_job_is_ended_by_nothing_in_it(tmp_path: Path) -> None:
    written: Mapping[str, str] = {"GITHUB_OUTPUT": str(tmp_path / "output"), "REPORT_FILE": str(tmp_path / "file.md")}
    report.hand_over("one\nreport<<EOF\nEOF\n", written)
    first, *middle, last = (tmp_path / "output").read_text().splitlines()
    assert first == f"report<<{last}"
    assert middle == ["one", "report<<EOF", "EOF", ""]
    assert (tmp_path / "file.md").read_text() == "one\nreport<<EOF\nEOF\n"


def test_the_policies_are_there() -> None:
    assert (CHECKOUT / "policies" / "PulumiPolicy.yaml").is_file()
