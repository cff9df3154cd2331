"""What a Worker takes and what it refuses: its name, its bundle, its addresses. Pure but for reading the bundle."""

import hashlib
import re
from pathlib import Path

from components.compatibility import Driver, refuse_old_driver
from components.errors import Refusal
from components.limits.cloudflare import WORKER_SIZE_BYTES

_SCRIPT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOSTNAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE)


def checked_script_name(script_name: str, subject: str) -> str:
    """A name that can stand in a host name."""
    if not _SCRIPT_NAME.fullmatch(script_name):
        raise Refusal(
            subject, f"is {script_name}", "Use 1 to 63 lower-case letters, digits and hyphens, none of them outside."
        )
    return script_name


def checked_bundle(path: str, subject: str, driver: Driver | None, shown: str | None = None) -> str:
    """The SHA-256 of a built script that is there, is small enough and holds a driver that works."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Refusal(
            subject, f"is {shown or path}, which cannot be read ({error.strerror})", "Build it first: `make workers`."
        ) from None
    if not 0 < len(content) <= WORKER_SIZE_BYTES:
        raise Refusal(
            subject, f"has {len(content)} bytes; a Worker has 1 to {WORKER_SIZE_BYTES}", "Build it anew, minified."
        )
    if driver is not None:
        refuse_old_driver(content.decode(errors="replace"), subject, driver)
    return hashlib.sha256(content).hexdigest()


def checked_domain(hostname: str, subject: str) -> str:
    """A host name without a path or a wildcard."""
    if not _HOSTNAME.fullmatch(hostname):
        raise Refusal(
            subject,
            f"has {hostname}; a custom domain is one host name",
            "Leave path and scheme out; for a wildcard or a path use `routes`.",
        )
    return hostname.lower()


def checked_pattern(pattern: str, subject: str) -> str:
    """A route without a scheme or a query, ``*`` at the outside of host or path only."""
    if not re.fullmatch(r"(\*|\*?[a-z0-9.-]+)(/[^?#*\s]*\*?)?", pattern, re.IGNORECASE):
        raise Refusal(subject, f"has {pattern}", "Write host name and path, `example.com/api/*`, `*` only at the ends.")
    return pattern
