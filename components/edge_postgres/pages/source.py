"""Where the content of a Pages project comes from, and how it is built."""

from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from edge_postgres.core.args import validate_choice, validated_args


class GitHost(StrEnum):
    """Where the source of a Pages project is kept."""

    GITHUB = "github"
    """GitHub."""
    GITLAB = "gitlab"
    """GitLab."""


class PagesBuild(TypedDict):
    """How Pages builds the content from its source."""

    command: NotRequired[str]
    """Command that builds it; nothing is built where it is left out."""
    output_dir: NotRequired[str]
    """Folder with the built content, relative to the root."""
    root_dir: NotRequired[str]
    """Folder where the command runs and `functions` is looked for."""
    caching: NotRequired[bool]
    """Whether dependencies are kept between builds."""


class PagesSource(TypedDict):
    """A repository whose pushes Pages builds and deploys. The account has to be connected to the host before."""

    host: GitHost
    """Where the repository is."""
    owner: str
    """User or organisation that owns the repository."""
    repository: str
    """Name of the repository."""
    preview_branches: NotRequired[list[str]]
    """Branches that get a preview: all where it is left out, none with an empty list."""
    pull_request_comments: NotRequired[bool]
    """Whether Pages comments on pull requests; true where it is left out."""


def render_build(build: PagesBuild, *, subject: str) -> dict[str, Any]:
    """The build as the API takes it."""
    build = validated_args(build, PagesBuild, subject=subject)
    names = {"command": "build_command", "output_dir": "destination_dir", "caching": "build_caching"}
    return {names.get(key, key): value for key, value in build.items()}


def render_source(source: PagesSource, production_branch: str, *, subject: str) -> dict[str, Any]:
    """The repository as the API takes it."""
    source = validated_args(source, PagesSource, subject=subject)
    branches = source.get("preview_branches")
    setting = "all" if branches is None else "custom" if branches else "none"
    return {
        "type": validate_choice(source["host"], GitHost, subject=f"{subject}.host").value,
        "config": {
            "owner": source["owner"],
            "repo_name": source["repository"],
            "production_branch": production_branch,
            "production_deployments_enabled": True,
            "preview_deployment_setting": setting,
            "pr_comments_enabled": source.get("pull_request_comments", True),
            **({"preview_branch_includes": sorted(branches)} if branches else {}),
        },
    }
