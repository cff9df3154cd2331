"""The part that stands in for Cloudflare's API."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx

from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.home import CHECKOUT, Home
from localcloud.part import Launch, Part
from localcloud.ports import Ports

SOURCES = Path(__file__).resolve().parent / "cloudflare"
TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class CloudflareEmulator(Part):
    home: Home

    name: ClassVar[str] = "cloudflare"
    ports: ClassVar[tuple[str, ...]] = ("cloudflare",)
    # Its store says which Workers run; a runtime that starts anew has to be told.
    restarts_with: ClassVar[tuple[str, ...]] = ("workers",)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        known = Ports(self.home)
        credentials = Credentials.of(self.home)
        command = (
            sys.executable,
            "-m",
            "localcloud.cloudflare",
            "--port",
            str(ports["cloudflare"]),
            "--store",
            str(self.home.path / "cloudflare.json"),
            "--public-port",
            str(known.of("workers")),
            "--runtime",
            f"http://127.0.0.1:{known.of('workers-control')}",
            "--allow-loopback-origins",
        )
        environment = {
            "PATH": "/usr/bin:/bin",
            "LOCALCLOUD_RUNTIME_TOKEN": credentials.runtime_token,
            "LOCALCLOUD_API_TOKEN": credentials.api_token,
        }
        return Launch(command, environment, directory=CHECKOUT, sources=SOURCES)

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            return httpx.get(_own(ports["cloudflare"], "health"), timeout=TIMEOUT_SECONDS, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    @property
    def base_url(self) -> str:
        """What takes the place of `https://api.cloudflare.com/client/v4`."""
        return f"http://127.0.0.1:{Ports(self.home).of('cloudflare')}/client/v4"

    def requests(self) -> list[dict[str, Any]]:
        """The requests it answered, oldest first, without secrets."""
        try:
            url = _own(Ports(self.home).of("cloudflare"), "requests")
            token = {"authorization": f"Bearer {Credentials.of(self.home).api_token}"}
            answer = httpx.get(url, headers=token, timeout=TIMEOUT_SECONDS, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            raise LocalCloudError(
                "The local cloud's part `cloudflare` does not answer, and it alone knows its requests. "
                "Use `python -m localcloud up`."
            ) from None
        requests: list[dict[str, Any]] = answer.json()["requests"]
        return requests


def _own(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}/__localcloud/{path}"
