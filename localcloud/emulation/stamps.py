"""What the API writes on a resource by itself: ids and times."""

import uuid
from datetime import UTC, datetime


def new_id() -> str:
    """32 hexadecimal digits: Hyperdrive, KV, routes, domains."""
    return uuid.uuid4().hex


def new_uuid() -> str:
    """A UUID with hyphens: versions, certificates."""
    return str(uuid.uuid4())


def now() -> str:
    """RFC 3339, in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
