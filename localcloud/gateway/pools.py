"""The pools of one emulator, which the gateway runs."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx

from localcloud.errors import LocalCloudError
from localcloud.gateway.origin import PooledOrigin

TIMEOUT_SECONDS = 10.0
CA_VARIABLE = "LOCALCLOUD_CA_FILE"
"""Names the PEM file of the CA of the databases that this local cloud runs. Without it, none of them is verified."""


class PoolError(LocalCloudError):
    """The gateway does not provide the pools. The message is for the API client that needs them."""


class Pooling(Protocol):
    """Provides pools for origins."""

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Ensures a pool for each origin. Returns the URLs, which are secrets, by the names of the origins."""

    async def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        """Closes all other pools after the time in which a client may still use them."""

    async def figures(self) -> list[dict[str, Any]]:
        """Returns the figures of each configuration in each minute of the last 24 hours."""

    async def close(self) -> None: ...


class NoPooling:
    """Provides no pools, for an emulator without the gateway."""

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Returns the URLs of databases whose certificate is verified. Others have the URL of their configuration."""
        ca_file = _local_ca_file()
        return {
            name: origin.verified_url(ca_file)
            for name, origin in origins.items()
            if ca_file and origin.needs_verification
        }

    async def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:  # noqa: ARG002
        return

    async def figures(self) -> list[dict[str, Any]]:
        return []

    async def close(self) -> None:
        return


class Pools:
    """Provides one pool for each origin.

    A new password or limit changes the existing pool. A new database, user, address or TLS setting creates a new pool
    at once. For a short time, the last transactions of the old pool can exceed the limit of the new pool.
    """

    def __init__(self, url: str, token: str) -> None:
        """``url`` is the gateway's control API, `http://127.0.0.1:PORT`, and ``token`` its bearer token."""
        self._url = url
        headers = {"authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Raises ``PoolError`` if the gateway does not provide them. Existing pools keep running."""
        if not origins:
            return {}
        urls: dict[str, str] = (await self._put("/pools", origins))["urls"]
        return urls

    async def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        """Raises ``PoolError``."""
        await self._put("/kept", origins)

    async def figures(self) -> list[dict[str, Any]]:
        """Raises ``PoolError``."""
        found: list[dict[str, Any]] = (await self._request("GET", "/day"))["configurations"]
        return found

    async def close(self) -> None:
        """Closes the connection to the gateway, which keeps its pools until it ends."""
        await self._client.aclose()

    async def _put(self, path: str, origins: Mapping[str, PooledOrigin]) -> Any:
        body = {"origins": {name: origin.content() for name, origin in _verified(origins).items()}}
        return await self._request("PUT", path, body)

    async def _request(self, method: str, path: str, body: Any = None) -> Any:
        try:
            response = await self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise PoolError(
                f"The gateway of the local cloud at {self._url} does not respond ({type(error).__name__}). "
                "Run `python -m localcloud up`, which starts it again."
            ) from None
        if not response.is_success:
            raise PoolError(f"The gateway of the local cloud at {self._url} responded with {response.status_code}.")
        return response.json()


def _verified(origins: Mapping[str, PooledOrigin]) -> dict[str, PooledOrigin]:
    ca_file = _local_ca_file()
    return {
        name: origin.verified_by(ca_file) if ca_file and origin.needs_verification else origin
        for name, origin in origins.items()
    }


def _local_ca_file() -> Path | None:
    name = os.environ.get(CA_VARIABLE)
    return Path(name) if name else None
