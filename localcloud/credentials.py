"""The secrets of one local cloud, stored in `secrets.json` (mode 0600) in its state directory."""

import secrets
from dataclasses import asdict, dataclass, field, fields

from localcloud.errors import LocalCloudError
from localcloud.state_directory import StateDirectory

FILE = "secrets.json"


@dataclass(frozen=True)
class Credentials:
    """Random passwords, tokens and keys, created once."""

    superuser_password: str = field(repr=False)
    app_password: str = field(repr=False)
    runtime_token: str = field(repr=False)
    """Bearer token of the Worker runtime's control API."""
    gateway_token: str = field(repr=False)
    """Bearer token of the gateway's control API."""
    api_token: str = field(repr=False)
    """The only API token that the Cloudflare emulator accepts: 43 characters of [0-9A-Za-z_-]."""
    neon_api_key: str = field(repr=False)
    """The only key that the Neon emulator accepts."""
    prisma_service_token: str = field(repr=False)
    """The only token that the Prisma emulator accepts."""

    @classmethod
    def of(cls, state_directory: StateDirectory) -> "Credentials":
        """Reads the secrets, and creates and stores those that are missing."""
        stored = state_directory.read(FILE)
        names = [each.name for each in fields(cls)]
        values = {name: stored.get(name) or secrets.token_urlsafe(32) for name in names}
        if not all(isinstance(value, str) for value in values.values()):
            raise LocalCloudError(
                f"`{state_directory.path / FILE}` must hold strings only. Run `down --remove`, then `up`."
            )
        credentials = cls(**values)
        if values != stored:
            state_directory.write(FILE, asdict(credentials))
        return credentials
