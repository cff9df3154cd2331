"""The secrets of one local cloud: random, made once, kept in `secrets.json` (mode 0600) below its home."""

import secrets
from dataclasses import asdict, dataclass, field, fields

from localcloud.errors import LocalCloudError
from localcloud.home import Home

FILE = "secrets.json"


@dataclass(frozen=True)
class Credentials:
    superuser_password: str = field(repr=False)
    app_password: str = field(repr=False)
    runtime_token: str = field(repr=False)
    """Bearer token of the Worker runtime's control API."""
    api_token: str = field(repr=False)
    """The one API token that the Cloudflare emulator takes; 43 characters of [0-9A-Za-z_-]."""
    neon_api_key: str = field(repr=False)
    """The one key that the stand-in for Neon's API takes."""
    prisma_service_token: str = field(repr=False)
    """The one token that the stand-in for Prisma's API takes."""

    @classmethod
    def of(cls, home: Home) -> "Credentials":
        kept = home.read(FILE)
        names = [each.name for each in fields(cls)]
        values = {name: kept.get(name) or secrets.token_urlsafe(32) for name in names}
        if not all(isinstance(value, str) for value in values.values()):
            raise LocalCloudError(
                f"`{home.path / FILE}` holds something other than texts. Use `down --remove`, then `up`."
            )
        made = cls(**values)
        if values != kept:
            home.write(FILE, asdict(made))
        return made
