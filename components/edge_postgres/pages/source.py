"""The Git repository of a Pages project, and the build of its content."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

from edge_postgres.core.args import validate_choice, validated_args

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        PagesProjectBuildConfigArgsDict,
        PagesProjectSourceArgsDict,
        PagesProjectSourceConfigArgsDict,
    )


class GitHost(StrEnum):
    """Git host of a Pages project."""

    GITHUB = "github"
    """GitHub."""
    GITLAB = "gitlab"
    """GitLab."""


if TYPE_CHECKING:
    GitHostInput = GitHost | Literal["github", "gitlab"]
else:
    GitHostInput = GitHost


class PagesBuild(TypedDict):
    """Build of the content from its source."""

    command: NotRequired[str]
    """Build command. Default: no build."""
    output_dir: NotRequired[str]
    """Folder with the built content, relative to `root_dir`."""
    root_dir: NotRequired[str]
    """Folder of the repository in which the command runs, and which contains `functions`. Default: the repository
    itself."""
    caching: NotRequired[bool]
    """Whether Pages caches dependencies between builds. Default: Cloudflare's."""


class PagesSource(TypedDict):
    """A repository whose pushes Pages builds and deploys. First connect your Cloudflare account to the Git host."""

    host: GitHostInput
    """Git host of the repository."""
    owner: str
    """User or organisation that owns the repository."""
    repository: str
    """Name of the repository."""
    preview_branches: NotRequired[Sequence[str]]
    """Branches with previews. An empty list turns previews off. Default: all branches."""
    pull_request_comments: NotRequired[bool]
    """Whether Pages comments on pull requests. Default: true."""


def render_build(build: PagesBuild, *, subject: str) -> "PagesProjectBuildConfigArgsDict":
    """Returns the build in the API's form. Raises `ValidationError` for an unknown argument."""
    build = validated_args(build, PagesBuild, subject=subject)
    rendered: PagesProjectBuildConfigArgsDict = {}
    if "command" in build:
        rendered["build_command"] = build["command"]
    if "output_dir" in build:
        rendered["destination_dir"] = build["output_dir"]
    if "root_dir" in build:
        rendered["root_dir"] = build["root_dir"]
    if "caching" in build:
        rendered["build_caching"] = build["caching"]
    return rendered


def render_source(source: PagesSource, production_branch: str, *, subject: str) -> "PagesProjectSourceArgsDict":
    """Returns the repository in the API's form. Raises `ValidationError` for an unknown argument or Git host."""
    source = validated_args(source, PagesSource, subject=subject)
    branches = source.get("preview_branches")
    config: PagesProjectSourceConfigArgsDict = {
        "owner": source["owner"],
        "repo_name": source["repository"],
        "production_branch": production_branch,
        "production_deployments_enabled": True,
        "preview_deployment_setting": "all" if branches is None else "custom" if branches else "none",
        "pr_comments_enabled": source.get("pull_request_comments", True),
    }
    if branches:
        config["preview_branch_includes"] = sorted(branches)
    host = validate_choice(source["host"], GitHost, subject=f"{subject}.host")
    return {"type": host.value, "config": config}
