"""Permissions, commands and secrets of the pipelines, and the linters that check them."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tools import lint_pipelines
from tools.pipeline.workflow import WORKFLOWS, Job, jobs

PROJECT = Path(__file__).resolve().parents[2]
MAKEFILE = (PROJECT / "Makefile").read_text()
GITLAB = yaml.safe_load((PROJECT / "pipelines" / "gitlab-ci.yml").read_text())
JOBS = [pytest.param(job, id=f"{job.workflow}.{job.name}") for job in jobs()]
FROM_PULL_REQUESTS = ("preview", "remove")
LINTERS = ("actionlint", "zizmor", "github", "gitlab", "kubernetes")


def commands_of_gitlab() -> list[str]:
    scripts = [job[part] for job in GITLAB.values() if isinstance(job, dict) for part in PARTS if part in job]
    return [command for script in scripts for command in script]


PARTS = ("before_script", "script", "after_script")
COMMANDS = sorted({command for job in jobs() for command in job.commands} | set(commands_of_gitlab()))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_step_is_an_existing_make_target(command: str) -> None:
    target = re.fullmatch(r"make ([a-z]+)", command)
    assert target, f"{command}: is not a single make target"
    assert re.search(rf"^([a-z]+ )*{target[1]}( [a-z]+)*:", MAKEFILE, re.MULTILINE)


def test_gitlab_and_github_run_the_same_targets() -> None:
    ours = {command for job in jobs() for command in job.commands} - {"make comment"}
    assert set(commands_of_gitlab()) == ours


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda file: file.stem)
def test_a_workflow_has_no_permissions_by_default(file: Path) -> None:
    assert yaml.safe_load(file.read_text())["permissions"] == {}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_only_the_permissions_that_it_needs(job: Job) -> None:
    expected = {"contents": "read"}
    if job.name == "comment":
        expected["pull-requests"] = "write"
    elif "environment" in job.content:
        expected["id-token"] = "write"
    assert job.content["permissions"] == expected


@pytest.mark.parametrize("job", JOBS)
def test_steps_that_install_packages_get_no_secret(job: Job) -> None:
    """Only the steps that run Pulumi or comment get secrets. They run no install script of a package."""
    for step in job.content["steps"]:
        if "secrets." in str(step) or "github.token" in str(step):
            assert re.fullmatch(r"make (preview|deploy|drift|remove|comment)", step["run"])
    rest = {key: value for key, value in job.content.items() if key != "steps"}
    assert "secrets." not in str(rest)


@pytest.mark.parametrize("job", JOBS)
def test_a_fork_gets_no_secret(job: Job) -> None:
    if job.workflow in FROM_PULL_REQUESTS and "secrets." in str(job.content):
        assert "head.repo.full_name == github.repository" in job.content["if"]


def test_a_pull_request_deploys_no_stage() -> None:
    reached = {
        job.content["environment"]
        for job in jobs()
        if job.workflow in FROM_PULL_REQUESTS and "environment" in job.content
    }
    assert reached == {"dev-read", "previews"}


def test_the_job_that_comments_runs_no_code_of_the_pull_request() -> None:
    (job,) = [job for job in jobs() if "pull-requests" in job.content["permissions"]]
    (checkout,) = [step for step in job.content["steps"] if "uses" in step]
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert set(job.commands) == {"make comment"}


def test_a_running_deployment_is_not_cancelled() -> None:
    deploying = [job for job in jobs() if {"make deploy", "make remove"} & set(job.commands)]
    assert len(deploying) == 5
    assert [job.content["concurrency"]["cancel-in-progress"] for job in deploying] == [False] * 5


def test_the_removal_of_a_preview_stack_waits_for_its_update() -> None:
    groups = {job.content["concurrency"]["group"] for job in jobs() if job.name in ("stack", "remove")}
    assert groups == {"stack-pr-${{ github.event.pull_request.number }}"}


# A defect for each linter that only this linter finds: file, change, and expected output.
BROKEN: dict[str, tuple[str, Callable[[str], str], str]] = {
    "actionlint": (
        ".github/workflows/deploy.yml",
        lambda text: text.replace("needs: dev\n", "needs: missing\n"),
        'needs job "missing" which does not exist',
    ),
    "zizmor": (
        ".github/workflows/deploy.yml",
        lambda text: re.sub(r"@[0-9a-f]{40} # \S+", "@main", text),
        "unpinned-uses",
    ),
    "github": (
        ".github/workflows/drift.yml",
        lambda text: text.replace("fail-fast: false", "fail-fast: [1]"),
        "drift.yml",
    ),
    "gitlab": (
        "pipelines/gitlab-ci.yml",
        lambda text: text.replace("resource_group: dev", "resource_group: [dev]"),
        "resource_group",
    ),
    "kubernetes": (
        "pipelines/kubernetes/stack-prod.yaml",
        lambda text: text.replace("refresh: true", "refreshed: true"),
        "refreshed",
    ),
}


@pytest.mark.parametrize("linter", LINTERS)
def test_each_linter_finds_its_defect(linter: str, tmp_path: Path) -> None:
    for part in (".github/workflows", "pipelines"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    name, broken, expected = BROKEN[linter]
    file = tmp_path / name
    file.write_text(broken(file.read_text()))
    command = list(lint_pipelines.commands(tmp_path))[LINTERS.index(linter)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode != 0
    assert expected in ended.stdout + ended.stderr


def test_an_error_of_one_linter_fails_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lint_pipelines, "commands", lambda folder: [["false"], ["true"]])
    assert lint_pipelines.main([str(tmp_path)]) == 1
    monkeypatch.setattr(lint_pipelines, "commands", lambda folder: [["true"], ["true"]])
    assert lint_pipelines.main([str(tmp_path)]) == 0
