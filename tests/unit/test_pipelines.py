"""The pipelines say what they may, run what is there, and a broken one is found."""

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
def test_a_step_is_a_make_target_that_is_there(command: str) -> None:
    target = re.fullmatch(r"make ([a-z]+)", command)
    assert target, f"`{command}` is more than a make target"
    assert re.search(rf"^([a-z]+ )*{target[1]}( [a-z]+)*:", MAKEFILE, re.MULTILINE)


def test_gitlab_runs_what_github_runs() -> None:
    ours = {command for job in jobs() for command in job.commands} - {"make comment"}
    assert set(commands_of_gitlab()) == ours


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda file: file.stem)
def test_a_workflow_may_nothing_that_its_jobs_do_not_ask_for(file: Path) -> None:
    assert yaml.safe_load(file.read_text())["permissions"] == {}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_asks_for_no_more_than_its_kind_needs(job: Job) -> None:
    wanted = {"contents": "read"}
    if job.name == "comment":
        wanted["pull-requests"] = "write"
    elif "environment" in job.content:
        wanted["id-token"] = "write"
    assert job.content["permissions"] == wanted


@pytest.mark.parametrize("job", JOBS)
def test_what_is_installed_sees_no_secret(job: Job) -> None:
    """Only the step that runs Pulumi, or comments, has them: no package's own script is at work there."""
    for step in job.content["steps"]:
        if "secrets." in str(step) or "github.token" in str(step):
            assert re.fullmatch(r"make (preview|deploy|drift|remove|comment)", step["run"])
    rest = {key: value for key, value in job.content.items() if key != "steps"}
    assert "secrets." not in str(rest)


@pytest.mark.parametrize("job", JOBS)
def test_a_fork_gets_no_secret(job: Job) -> None:
    if job.workflow in FROM_PULL_REQUESTS and "secrets." in str(job.content):
        assert "head.repo.full_name == github.repository" in job.content["if"]


def test_no_stage_is_deployed_from_a_pull_request() -> None:
    reached = {
        job.content["environment"]
        for job in jobs()
        if job.workflow in FROM_PULL_REQUESTS and "environment" in job.content
    }
    assert reached == {"dev-read", "previews"}


def test_the_job_that_may_comment_runs_nothing_of_the_pull_request() -> None:
    (job,) = [job for job in jobs() if "pull-requests" in job.content["permissions"]]
    (checkout,) = [step for step in job.content["steps"] if "uses" in step]
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert set(job.commands) == {"make comment"}


def test_nothing_that_deploys_is_cut_off() -> None:
    deploying = [job for job in jobs() if {"make deploy", "make remove"} & set(job.commands)]
    assert len(deploying) == 5
    assert [job.content["concurrency"]["cancel-in-progress"] for job in deploying] == [False] * 5


def test_a_preview_stack_is_removed_after_its_update() -> None:
    groups = {job.content["concurrency"]["group"] for job in jobs() if job.name in ("stack", "remove")}
    assert groups == {"stack-pr-${{ github.event.pull_request.number }}"}


# For each linter what the others would let pass, and the word that it has for it.
BROKEN: dict[str, tuple[str, Callable[[str], str], str]] = {
    "actionlint": (
        ".github/workflows/deploy.yml",
        lambda text: text.replace("needs: dev\n", "needs: nobody\n"),
        'needs job "nobody" which does not exist',
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
def test_a_broken_pipeline_is_found(linter: str, tmp_path: Path) -> None:
    for part in (".github/workflows", "pipelines"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    name, broken, word = BROKEN[linter]
    file = tmp_path / name
    file.write_text(broken(file.read_text()))
    command = list(lint_pipelines.commands(tmp_path))[LINTERS.index(linter)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode != 0
    assert word in ended.stdout + ended.stderr


def test_what_one_linter_finds_fails_all_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lint_pipelines, "commands", lambda folder: [["false"], ["true"]])
    assert lint_pipelines.main([str(tmp_path)]) == 1
    monkeypatch.setattr(lint_pipelines, "commands", lambda folder: [["true"], ["true"]])
    assert lint_pipelines.main([str(tmp_path)]) == 0
