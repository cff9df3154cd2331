"""What a client signs in with. Only the answer that makes it shows it; the store keeps user and role alone."""

import secrets
import uuid
from dataclasses import dataclass, field

from localcloud.emulation.store import Record

USER_BYTES = 32
"""64 hexadecimal digits, as the example of a string in the docs has.

https://www.prisma.io/docs/postgres/database/direct-connections (2026-11-21)
"""


@dataclass(frozen=True)
class Credential:
    user: str
    """The name that clients use."""
    role: str
    """The name on the local server, which takes 63 bytes at most."""
    password: str = field(repr=False)
    api_key: str = field(repr=False)
    """Of the retired Accelerate; it opens nothing here."""

    @classmethod
    def new(cls) -> "Credential":
        return cls(
            user=secrets.token_hex(USER_BYTES),
            role=f"prisma/{uuid.uuid4().hex}",
            password=f"sk_{secrets.token_urlsafe(16)}",
            api_key=secrets.token_urlsafe(32),
        )


def roles_of(connection: Record) -> dict[str, str]:
    """Role by user: the current credential, and rotated ones that have not ended yet."""
    current = {connection["user"]: connection["role"]}
    return current | {old["user"]: old["role"] for old in connection["rotated"]}
