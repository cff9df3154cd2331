"""Credentials of clients. Only the response to their creation contains them. The store contains user and role."""

import secrets
import uuid
from dataclasses import dataclass, field

from localcloud.emulation.store import Record

USER_BYTES = 32
"""The user has 64 hexadecimal digits, as in the example of the documentation.

https://www.prisma.io/docs/postgres/database/direct-connections (2026-11-21)
"""


@dataclass(frozen=True)
class Credential:
    """User, role and secrets of a connection."""

    user: str
    """The user name for clients."""
    role: str
    """The role name on the local server, which allows at most 63 bytes."""
    password: str = field(repr=False)
    api_key: str = field(repr=False)
    """API key of the retired Accelerate service, which has no effect here."""

    @classmethod
    def new(cls) -> "Credential":
        return cls(
            user=secrets.token_hex(USER_BYTES),
            role=f"prisma/{uuid.uuid4().hex}",
            password=f"sk_{secrets.token_urlsafe(16)}",
            api_key=secrets.token_urlsafe(32),
        )


def roles_of(connection: Record) -> dict[str, str]:
    """Returns roles by user name: the current credential, and rotated ones that are not yet revoked."""
    current = {connection["user"]: connection["role"]}
    return current | {old["user"]: old["role"] for old in connection["rotated"]}
