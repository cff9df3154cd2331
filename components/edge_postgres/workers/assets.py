"""The static files of a Worker, served before or behind its script."""

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import ASSET_FILE_BYTES, ASSET_FILES_CEILING


class HtmlHandling(StrEnum):
    """Which address an HTML file has, and where the others lead."""

    AUTO = "auto-trailing-slash"
    """`/a` for `a.html`, `/a/` for `a/index.html`; the default of Cloudflare."""
    FORCE = "force-trailing-slash"
    """Always with a slash."""
    DROP = "drop-trailing-slash"
    """Never with a slash."""
    NONE = "none"
    """The name of the file as it is."""


class NotFoundHandling(StrEnum):
    """What is answered where there is no file and no script."""

    NONE = "none"
    """An empty 404; the default of Cloudflare."""
    PAGE = "404-page"
    """The nearest `404.html`."""
    SINGLE_PAGE = "single-page-application"
    """`/index.html`, with 200."""


class AssetsArgs(TypedDict):
    """A directory of static files."""

    directory: str
    """Path of the directory; every file in it becomes public. `_headers` and `_redirects` at its top are applied."""
    binding: NotRequired[str]
    """Name under which the script finds them, `ASSETS` by custom."""
    html_handling: NotRequired[HtmlHandling]
    """Addresses of HTML files; Cloudflare's default where it is left out."""
    not_found_handling: NotRequired[NotFoundHandling]
    """What is answered where there is no file; Cloudflare's default where it is left out."""
    run_worker_first: NotRequired[Any]
    """True asks the script before the files; a list of patterns, `/api/*` or `!/api/docs/*`, does so for these."""


# What wrangler keeps out of an upload or refuses, and what holds secrets by custom. The provider uploads every file.
_NEVER_PUBLIC = re.compile(r"\.assetsignore|_worker\.js|\.git|node_modules|\.env(\..*)?|\.dev\.vars(\..*)?")


def render_assets(args: AssetsArgs, plan: Plan, root: Path | None = None, *, subject: str) -> Any:
    """The files as ``WorkersScript`` takes them; the path is relative to ``root`` and sent as it is given.

    Raises ``ValidationError`` for a directory that is none, is empty, holds what must not be public or more than the
    plan
    allows, and for patterns that are none. Without a setting there is no `config`: state upgrades of the provider
    stumbled over an empty one (https://github.com/pulumi/pulumi-cloudflare/issues/1497).
    """
    args = validated_args(args, AssetsArgs, subject=subject)
    directory = (root or Path()) / args["directory"]
    _reject_unservable(args["directory"], directory, plan, subject=f"{subject}.directory")
    config: dict[str, Any] = {
        key: (directory / file).read_text() for key, file in _SPECIAL.items() if (directory / file).is_file()
    }
    if "html_handling" in args:
        config["html_handling"] = validate_choice(
            args["html_handling"], HtmlHandling, subject=f"{subject}.html_handling"
        ).value
    if "not_found_handling" in args:
        handling = validate_choice(
            args["not_found_handling"], NotFoundHandling, subject=f"{subject}.not_found_handling"
        )
        config["not_found_handling"] = handling.value
    if "run_worker_first" in args:
        config["run_worker_first"] = validate_worker_first(
            args["run_worker_first"], subject=f"{subject}.run_worker_first"
        )
    return {"directory": args["directory"], **({"config": config} if config else {})}


_SPECIAL = {"headers": "_headers", "redirects": "_redirects"}


def validate_worker_first(patterns: Any, *, subject: str) -> bool | list[str]:
    """True, false, or patterns of which at least one is no exception."""
    if isinstance(patterns, bool):
        return patterns
    if isinstance(patterns, str) or not isinstance(patterns, Sequence):
        raise ValidationError(subject, "is neither true nor false nor a list", "List patterns, such as `/api/*`.")
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern.startswith(("/", "!/")):
            raise ValidationError(
                subject, f"has {pattern}", "Begin each pattern with `/`, or with `!/` where it is excepted."
            )
    if all(pattern.startswith("!") for pattern in patterns):
        raise ValidationError(subject, "has exceptions only", "Say what they are excepted from: `/*`.")
    return list(patterns)


def _reject_unservable(shown: str, directory: Path, plan: Plan, *, subject: str) -> None:
    if not directory.is_dir():
        raise ValidationError(subject, f"is {shown}, which is no directory", "Build it first, and give its path.")
    count, ceiling = 0, ASSET_FILES_CEILING[plan]
    for path in directory.rglob("*"):
        inside = path.relative_to(directory)
        if _NEVER_PUBLIC.fullmatch(path.name):
            raise ValidationError(
                subject,
                f"holds {inside}, and every file of it becomes public",
                "Build into a directory of its own; nothing reads `.assetsignore` here.",
            )
        if path.is_file():
            count += 1
            if (size := path.stat().st_size) > ASSET_FILE_BYTES:
                raise ValidationError(
                    subject,
                    f"holds {inside} of {size} bytes; an asset has at most {ASSET_FILE_BYTES}",
                    "Keep it in R2.",
                )
    if not 0 < count <= ceiling:
        raise ValidationError(
            subject,
            f"holds {count} files; a Worker on the {plan.value} plan has 1 to {ceiling}",
            "Build it first." if count == 0 else "Keep the rest in R2.",
        )
