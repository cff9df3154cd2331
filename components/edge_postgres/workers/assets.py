"""The static files of a Worker, which Cloudflare serves together with the script."""

import os
import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.paths import PathInput
from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import ASSET_FILE_BYTES, ASSET_FILES_CEILING

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        WorkersScriptAssetsArgsDict,
        WorkersScriptAssetsConfigArgsDict,
        WorkerVersionAssetsArgsDict,
        WorkerVersionAssetsConfigArgsDict,
    )


class HtmlHandling(StrEnum):
    """Rule for the URL path of an HTML file. Other paths of the file redirect to this path."""

    AUTO = "auto-trailing-slash"
    """`/a` for `a.html`, and `/a/` for `a/index.html`. Cloudflare's default."""
    FORCE = "force-trailing-slash"
    """The path always ends with a slash."""
    DROP = "drop-trailing-slash"
    """The path never ends with a slash."""
    NONE = "none"
    """The path is the file name, unchanged."""


if TYPE_CHECKING:
    HtmlHandlingInput = (
        HtmlHandling | Literal["auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none"]
    )
else:
    HtmlHandlingInput = HtmlHandling


class NotFoundHandling(StrEnum):
    """Response to a request that neither a file nor the script answers."""

    NONE = "none"
    """An empty response with status 404. Cloudflare's default."""
    PAGE = "404-page"
    """The nearest `404.html`, with status 404."""
    SINGLE_PAGE = "single-page-application"
    """`/index.html`, with status 200."""


if TYPE_CHECKING:
    NotFoundHandlingInput = NotFoundHandling | Literal["none", "404-page", "single-page-application"]
else:
    NotFoundHandlingInput = NotFoundHandling


if TYPE_CHECKING:
    WorkerFirstInput = bool | Sequence[str]
else:
    WorkerFirstInput = Any  # The inference of the schema does not support a union.


class AssetsArgs(TypedDict):
    """A directory of static files."""

    directory: PathInput
    """Path of the directory. Every file in it becomes public. Cloudflare applies `_headers` and `_redirects` at its top
    level."""
    binding: NotRequired[str]
    """Name of the binding to the files, usually `ASSETS`."""
    html_handling: NotRequired[HtmlHandlingInput]
    """Rule for the URL paths of HTML files. Default: `auto-trailing-slash`."""
    not_found_handling: NotRequired[NotFoundHandlingInput]
    """Response to a request that neither a file nor the script answers. Default: `none`."""
    run_worker_first: NotRequired[WorkerFirstInput]
    """True runs the script before the files for all requests. A list of patterns, such as `/api/*` and the exception
    `!/api/docs/*`, does so only for matching paths. Default: false."""


RULE_FILES = ("_headers", "_redirects")
"""Files at the top level of the directory that Cloudflare applies to its answers."""

# Files that wrangler excludes from an upload or rejects, and files that usually hold secrets. The provider
# uploads all of them.
_NEVER_PUBLIC = re.compile(r"\.assetsignore|_worker\.js|\.git|node_modules|\.env(\..*)?|\.dev\.vars(\..*)?")


def render_assets(
    args: AssetsArgs, plan: Plan, root: Path | None = None, *, subject: str
) -> "WorkersScriptAssetsArgsDict":
    """Returns the files as ``WorkersScript`` accepts them.

    Without a setting the result has no `config`, because state upgrades of the provider failed with an empty `config`
    (https://github.com/pulumi/pulumi-cloudflare/issues/1497).

    Args:
        args: The arguments. The path of the directory is passed to ``WorkersScript`` unchanged.
        plan: Workers plan of the account.
        root: Directory that the path is relative to. Default: the working directory.
        subject: Prefix of the arguments in error messages, such as `api.assets`.

    Raises:
        ValidationError: The directory is missing or empty, or contains a file that is too large or must not be public,
            or more files than the plan allows. Or a setting or a pattern is invalid.
    """
    shown, directory, settings = _validate_assets(args, plan, root, subject=subject)
    config = cast("WorkersScriptAssetsConfigArgsDict", settings)
    if (headers := directory / "_headers").is_file():
        config["headers"] = headers.read_text()
    if (redirects := directory / "_redirects").is_file():
        config["redirects"] = redirects.read_text()
    return {"directory": shown, "config": config} if config else {"directory": shown}


def render_version_assets(args: AssetsArgs, plan: Plan, *, subject: str) -> "WorkerVersionAssetsArgsDict":
    """Returns the files as ``WorkerVersion`` accepts them. Raises ``ValidationError`` as `render_assets` does."""
    shown, _, settings = _validate_assets(args, plan, None, subject=subject)
    config = cast("WorkerVersionAssetsConfigArgsDict", settings)
    return {"directory": shown, "config": config} if config else {"directory": shown}


def find_rule_files(directory: PathInput) -> dict[str, str]:
    """Returns the paths of the existing files `_headers` and `_redirects` of a directory, by name.

    A version has them as modules of type `text/plain`. Source: the field `assets` of a version in the API's schema,
    https://developers.cloudflare.com/api/resources/workers/, read on 2026-11-30.
    """
    return {name: str(path) for name in RULE_FILES if (path := Path(directory) / name).is_file()}


def _validate_assets(
    args: AssetsArgs, plan: Plan, root: Path | None, *, subject: str
) -> tuple[str, Path, dict[str, object]]:
    """Returns the path of the directory as it was set, the directory, and the settings of scripts and versions."""
    args = validated_args(args, AssetsArgs, subject=subject)
    shown = os.fspath(args["directory"])
    directory = (root or Path()) / shown
    _validate_directory(directory, shown, plan, subject=f"{subject}.directory")
    config: dict[str, object] = {}
    if "html_handling" in args:
        html = validate_choice(args["html_handling"], HtmlHandling, subject=f"{subject}.html_handling")
        config["html_handling"] = html.value
    if "not_found_handling" in args:
        not_found = validate_choice(
            args["not_found_handling"], NotFoundHandling, subject=f"{subject}.not_found_handling"
        )
        config["not_found_handling"] = not_found.value
    if "run_worker_first" in args:
        config["run_worker_first"] = validate_worker_first(
            args["run_worker_first"], subject=f"{subject}.run_worker_first"
        )
    return shown, directory, config


def validate_worker_first(patterns: object, *, subject: str) -> bool | list[str]:
    """Returns a boolean unchanged, or the patterns as a list.

    Raises:
        ValidationError: The value is neither a boolean nor a list, a pattern is invalid, or each pattern is an
            exception.
    """
    if isinstance(patterns, bool):
        return patterns
    if isinstance(patterns, str) or not isinstance(patterns, Sequence):
        raise ValidationError(
            subject, "must be true, false or a list", "Set `true` or `false`, or list patterns such as `/api/*`."
        )
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern.startswith(("/", "!/")):
            raise ValidationError(
                subject,
                f"must have patterns that start with `/` or `!/`, got {pattern}",
                "Start each pattern with `/`, and each exception with `!/`.",
            )
    if all(pattern.startswith("!") for pattern in patterns):
        raise ValidationError(
            subject, "must have a pattern that is no exception", "Add a pattern without `!`, such as `/*`."
        )
    return list(patterns)


def _validate_directory(directory: Path, shown: str, plan: Plan, *, subject: str) -> None:
    if not os.path.isdir(directory):  # noqa: PTH112  # `is_dir` raises for a long path
        raise ValidationError(
            subject,
            f"must be a directory, got {shown}",
            "Build the static files first, and set the path of their directory.",
        )
    count, ceiling = 0, ASSET_FILES_CEILING[plan]
    for path in directory.rglob("*"):
        inside = path.relative_to(directory)
        if _NEVER_PUBLIC.fullmatch(path.name):
            raise ValidationError(
                subject,
                f"must not contain {inside}, because every file becomes public",
                "Build into a separate directory. `.assetsignore` has no effect here.",
            )
        if path.is_file():
            count += 1
            if (size := path.stat().st_size) > ASSET_FILE_BYTES:
                raise ValidationError(
                    subject,
                    f"must have files of at most {ASSET_FILE_BYTES} bytes, got {inside} of {size} bytes",
                    "Move the file to R2.",
                )
    if not 0 < count <= ceiling:
        raise ValidationError(
            subject,
            f"must contain 1 to {ceiling} files on the {plan.value} plan, got {count}",
            "Build the static files first." if count == 0 else "Move files to R2.",
        )
