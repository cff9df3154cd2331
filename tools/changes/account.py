"""Objects of the account that stack files of the table refer to: `${certificate}` and `${service}`."""

from collections.abc import Mapping
from pathlib import Path

import httpx

from localcloud.service import VERIFY_OF_HTTP

EXAMPLES = dict.fromkeys(("certificate", "service"), "0b1f1d9d-5d7b-4b0b-9f7e-2f3b1a6c9c11")
"""IDs for deployments on mocks, where no API compares them with its objects."""


def create_objects(
    environment: Mapping[str, str], account: str, files: Path, keys: Mapping[str, str]
) -> dict[str, str]:
    """Creates the objects on a local cloud, whose environment of the engine is given. Returns their IDs."""
    base = f"{environment['CLOUDFLARE_BASE_URL']}/accounts/{account}"
    token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
    with httpx.Client(base_url=base, headers=token, timeout=60, trust_env=False, verify=VERIFY_OF_HTTP) as api:

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
