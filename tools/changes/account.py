"""The account of the local cloud in which rows are played."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from localcloud.service import VERIFY_OF_HTTP

EXAMPLES = dict.fromkeys(("certificate", "service"), "0b1f1d9d-5d7b-4b0b-9f7e-2f3b1a6c9c11")
"""IDs for deployments on mocks, where no API compares them with its objects."""


@dataclass(frozen=True)
class Account:
    """An account of the local cloud."""

    environment: Mapping[str, str]
    """The environment of the engine."""
    account_id: str

    def create_objects(self, files: Path, keys: Mapping[str, str]) -> dict[str, str]:
        """Creates the objects that stack files of the table refer to: `${certificate}` and `${service}`.

        Returns their IDs.
        """
        with self._client() as api:

            def create(path: str, **values: object) -> dict[str, str]:
                created: dict[str, str] = api.post(path, json=values).raise_for_status().json()["result"]
                return created

            certificate = create(
                "mtls_certificates",
                ca=False,
                name="client",
                certificates=(files / "client-one.pem").read_text(),
                private_key=keys["client-one"],
            )
            tunnel = create("cfd_tunnel", name="changes", config_src="cloudflare")
            service = create(
                "connectivity/directory/services",
                name="changes",
                type="tcp",
                tcp_port=5432,
                host={"ipv4": "10.0.0.5", "network": {"tunnel_id": tunnel["id"]}},
            )
        return {"certificate": certificate["id"], "service": service["service_id"]}

    def delete_scripts(self) -> None:
        """Deletes all scripts, with their Durable Objects, whose script Pulumi cannot delete."""
        with self._client() as api:
            for script in api.get("workers/scripts").raise_for_status().json()["result"]:
                api.delete(f"workers/scripts/{script['id']}", params={"force": "true"}).raise_for_status()

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        base = f"{self.environment['CLOUDFLARE_BASE_URL']}/accounts/{self.account_id}"
        token = {"authorization": f"Bearer {self.environment['CLOUDFLARE_API_TOKEN']}"}
        with httpx.Client(base_url=base, headers=token, timeout=60, trust_env=False, verify=VERIFY_OF_HTTP) as api:
            yield api
