"""What a Worker takes and what it refuses: its name, its bundle, its addresses. Pure but for reading the bundle."""

import hashlib
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.drivers import Driver, reject_accelerate, validate_driver_release
from edge_postgres.workers.limits import WORKER_SIZE_BYTES

_SCRIPT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOSTNAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE)

_SERVICE_WORKER = re.compile(r"""\baddEventListener\(\s*["'`]fetch["'`]""")
_MODULE = re.compile(r"\bexport\b")


def validate_script_name(script_name: str, *, subject: str) -> str:
    """A name that can stand in a host name."""
    if not _SCRIPT_NAME.fullmatch(script_name):
        raise ValidationError(
            subject, f"is {script_name}", "Use 1 to 63 lower-case letters, digits and hyphens, none of them outside."
        )
    return script_name


def validate_bundle(
    path: str,
    driver: Driver | None,
    connection_methods: Collection[str] = (),
    shown: str | None = None,
    *,
    subject: str,
) -> str:
    """The SHA-256 of a built script that is there, is small enough and holds a driver that works."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ValidationError(
            subject, f"is {shown or path}, which cannot be read ({error.strerror})", "Build it first: `make workers`."
        ) from None
    if not 0 < len(content) <= WORKER_SIZE_BYTES:
        raise ValidationError(
            subject, f"has {len(content)} bytes; a Worker has 1 to {WORKER_SIZE_BYTES}", "Build it anew, minified."
        )
    text = content.decode(errors="replace")
    if _SERVICE_WORKER.search(text) and not _MODULE.search(text):
        raise ValidationError(
            subject,
            "is in service-worker syntax, whose handlers get no bindings",
            "Write a module: `export default {fetch(request, env) {…}}`.",
        )
    reject_accelerate(text, subject=subject)
    if driver is not None:
        validate_driver_release(text, driver, connection_methods, subject=subject)
    return hashlib.sha256(content).hexdigest()


def validate_domain(hostname: str, *, subject: str) -> str:
    """A host name without a path or a wildcard."""
    if not _HOSTNAME.fullmatch(hostname):
        raise ValidationError(
            subject,
            f"has {hostname}; a custom domain is one host name",
            "Leave path and scheme out; for a wildcard or a path use `routes`.",
        )
    return hostname.lower()


def validate_route_pattern(pattern: str, *, subject: str) -> str:
    """A route without a scheme or a query, ``*`` at the outside of host or path only."""
    if not re.fullmatch(r"(\*|\*?[a-z0-9.-]+)(/[^?#*\s]*\*?)?", pattern, re.IGNORECASE):
        raise ValidationError(
            subject, f"has {pattern}", "Write host name and path, `example.com/api/*`, `*` only at the ends."
        )
    return pattern


def validate_tail_consumers(
    names: Sequence[pulumi.Input[str]] | None, script_name: str, *, subject: str
) -> list[dict[str, pulumi.Input[str]]] | None:
    """The scripts that get the logs, as the API takes them; a script that gets its own would never end."""
    if names is None:
        return None
    for name in names:
        if name == script_name:
            raise ValidationError(subject, f"has {name}, the script itself", "Send the logs to another one.")
        if list(names).count(name) > 1 and isinstance(name, str):
            raise ValidationError(subject, f"has {name} twice", "State each script once.")
    return [{"service": name} for name in names]


def validate_keep_bindings(types: Sequence[str], *, subject: str) -> list[str]:
    """Types of bindings that stay without being stated, sorted."""
    for kind in types:
        if not isinstance(kind, str) or not re.fullmatch(r"[a-z0-9_]+", kind):
            raise ValidationError(subject, f"has {kind}", "Use the API's types of bindings, such as `secret_text`.")
    return sorted(set(types))


def validate_connection_methods(driver: Driver | None, connection_methods: Collection[str], *, subject: str) -> None:
    """Raises ``ValidationError`` where a Worker has a way to a database that its driver, or another way, excludes.

    ``connection_methods`` are those among `hyperdrive`, `direct` and `serverless` that it has.
    """
    if "serverless" in connection_methods and "hyperdrive" in connection_methods:
        raise ValidationError(
            f"{subject}.serverless",
            "stands beside `hyperdrive`; the serverless driver pools at the vendor and takes no string of Hyperdrive's",
            "Leave one of them out, or make two Workers.",
        )
    if driver is Driver.PRISMA_PPG:
        for way in ("hyperdrive", "direct"):
            if way in connection_methods:
                raise ValidationError(
                    f"{subject}.{way}",
                    f"stands beside `driver: {driver}`, which asks Prisma Postgres over HTTP and opens no connection",
                    "Use `serverless`, or another driver.",
                )
    if "serverless" in connection_methods and driver not in (None, Driver.PRISMA_PPG, Driver.PRISMA):
        raise ValidationError(
            f"{subject}.serverless",
            f"stands beside `driver: {driver}`, which needs a connection",
            "Use `hyperdrive` or `direct`, or the driver `prisma-ppg`.",
        )
