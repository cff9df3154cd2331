"""Validates the built script of a Worker. Each version of the file is read and hashed only once."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.bundled_packages import Releases, find_packages
from edge_postgres.workers.drivers import Driver, reject_unsupported_packages, validate_driver_release
from edge_postgres.workers.dynamic_require import find_dynamic_require, reject_dynamic_require
from edge_postgres.workers.limits import WORKER_SIZE_BYTES

_LISTENER = "addEventListener("
_SERVICE_WORKER = re.compile(r"""\baddEventListener\(\s*["'`]fetch["'`]""")
_MODULE = re.compile(r"\bexport\b")


@dataclass(frozen=True)
class Bundle:
    """Facts about the content of a built script."""

    sha256: str
    packages: Mapping[str, Releases]
    """Possible releases of the packages that the script contains, by package."""
    required_module: str | None
    """Module of Node.js that the script requires while it loads, although it has no `require`."""
    is_service_worker: bool
    """Whether the script has the syntax of service workers, not of modules."""


@dataclass(frozen=True)
class ValidatedBundle:
    """A script without errors."""

    sha256: str
    """Hexadecimal digits."""
    warnings: list[str]
    """Sentences about releases that the script does not show."""


def validate_bundle(
    path: str,
    driver: Driver | None,
    connection_methods: Collection[str] = (),
    shown: str | None = None,
    *,
    subject: str,
) -> ValidatedBundle:
    """Checks a built script.

    Args:
        path: Path of the script.
        driver: Driver that the script must contain, if any.
        connection_methods: The connection methods of the Worker; empty if they are not known.
        shown: The path as messages show it. Default: ``path``.
        subject: Path of the argument.

    Raises:
        ValidationError: The file cannot be read, is empty or too large, is no module, or needs `require`. Or it
            contains another driver, an unsupported release, or a package that cannot use Hyperdrive.
    """
    try:
        status = Path(path).stat()
        size = status.st_size
        if not 0 < size <= WORKER_SIZE_BYTES:
            raise ValidationError(
                subject,
                f"must have 1 to {WORKER_SIZE_BYTES} bytes, got {size}",
                "Build the script again. Minify a script that is too large.",
            )
        bundle = read_bundle(path, status.st_mtime_ns, size)
    except OSError as error:
        raise ValidationError(
            subject,
            f"cannot be read: {shown or path} ({error.strerror})",
            "Build the script first, or correct its path.",
        ) from None
    if bundle.is_service_worker:
        raise ValidationError(
            subject,
            "has service-worker syntax, whose handlers receive no bindings",
            "Write a module: `export default {fetch(request, env) {…}}`.",
        )
    reject_dynamic_require(bundle.required_module, subject=subject)
    reject_unsupported_packages(bundle.packages, connection_methods, subject=subject)
    if driver is None:
        return ValidatedBundle(bundle.sha256, [])
    unchecked = validate_driver_release(bundle.packages, driver, connection_methods, subject=subject)
    return ValidatedBundle(bundle.sha256, unchecked)


def format_unchecked_release(finding: str, *, subject: str) -> str:
    """Returns the warning about a release that a script does not show."""
    return f"{subject}: {finding}. Compare the release in your lock file with the minimum in docs/drivers.md."


# Both the validation of the stack file and the component call this function for the same script.
@lru_cache(maxsize=64)
def read_bundle(path: str, _changed_at: int, _size: int) -> Bundle:
    """Returns the facts about a script. The second and the third argument are only parts of the cache key."""
    content = Path(path).read_bytes()
    text = content.decode(errors="replace")
    return Bundle(
        sha256=hashlib.sha256(content).hexdigest(),
        packages=find_packages(text),
        required_module=find_dynamic_require(text),
        is_service_worker=_has_service_worker_syntax(text),
    )


def _has_service_worker_syntax(text: str) -> bool:
    # The search for a plain string is about a hundred times faster, and most scripts do not contain the string.
    return _LISTENER in text and bool(_SERVICE_WORKER.search(text)) and not _MODULE.search(text)
