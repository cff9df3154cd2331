"""Values that an API generates for a resource: ids and times."""

import uuid
from datetime import UTC, datetime


def new_id() -> str:
    """Returns 32 hexadecimal digits, as for Hyperdrive configurations, KV namespaces, routes and domains."""
    return uuid.uuid4().hex


def new_uuid() -> str:
    """Returns a UUID with hyphens, as for versions and certificates."""
    return str(uuid.uuid4())


def now() -> str:
    """Returns the current time in RFC 3339 format, in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
