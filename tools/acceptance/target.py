"""The account of a run: an account of Cloudflare, or the emulator of a local cloud in its place."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from edge_postgres.core.cloudflare_ids import LOCAL_ACCOUNT
from localcloud.deploy import call_worker
from localcloud.engines import PASSPHRASE_VARIABLE, find_engine
from localcloud.errors import LocalCloudError
from localcloud.instance import INHERITED_VARIABLES, PLUGIN_VARIABLES, Instance
from localcloud.stack_file import LOCAL
from localcloud.state_directory import CHECKOUT

API = "https://api.cloudflare.com/client/v4"
TOKEN_VARIABLE = "CLOUDFLARE_API_TOKEN"  # noqa: S105  # its name
DATABASE_VARIABLE = "ACCEPTANCE_DATABASE_URL"
ACCOUNT_ID = re.compile(r"[0-9a-f]{32}")
TIMEOUT_SECONDS = 30.0
START_SECONDS = 180.0
"""Time until a new address below workers.dev answers everywhere."""
STACK = "acceptance"


@dataclass(frozen=True)
class Target:
    """The account, and the environment of a Pulumi engine that deploys to it."""

    account_id: str
    base_url: str
    token: str = field(repr=False)
    database_url: str = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    stack: str = STACK
    local_worker_url: Callable[[str], str] | None = None
    """Returns the address of a script on a local cloud. None for an account of Cloudflare."""

    @classmethod
    def of_account(cls, account_id: str) -> "Target":
        """The account of Cloudflare. The token and the database are read from the environment.

        The engine uses the official plugins, because no variable attaches it to others.
        """
        if not ACCOUNT_ID.fullmatch(account_id):
            raise LocalCloudError(
                f"ACCOUNT: must be the ID of a Cloudflare account, 32 hexadecimal digits, got `{account_id}`. "
                "Cloudflare's dashboard shows it on the page of the account."
            )
        token, database_url = _secret(TOKEN_VARIABLE), _secret(DATABASE_VARIABLE)
        names = (*INHERITED_VARIABLES, *PLUGIN_VARIABLES)
        path = [CHECKOUT / ".venv" / "bin", find_engine().parent, os.environ.get("PATH", os.defpath)]
        environment = {
            **{name: os.environ[name] for name in names if name in os.environ},
            "PATH": os.pathsep.join(map(str, path)),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            TOKEN_VARIABLE: token,
        }
        return cls(account_id, API, token, database_url, environment)

    @classmethod
    def of_local_cloud(cls, cloud: Instance) -> "Target":
        """The emulator of a running local cloud, with its database."""
        environment = cloud.environment()
        base_url, token = environment["CLOUDFLARE_BASE_URL"], environment[TOKEN_VARIABLE]
        return cls(LOCAL_ACCOUNT, base_url, token, cloud.database_url, environment, LOCAL, cloud.worker_url)

    @property
    def is_local(self) -> bool:
        return self.local_worker_url is not None

    def record(self) -> dict[str, str]:
        """Returns what identifies the account. It has no secret."""
        return {"account": self.account_id, "api": self.base_url}

    def engine_environment(self, state: Path, passphrase: Path) -> dict[str, str]:
        return {**self.environment, "PULUMI_BACKEND_URL": state.as_uri(), PASSPHRASE_VARIABLE: str(passphrase)}

    def request(self, method: str, path: str, **query: str) -> Any:
        """Returns the body of a response of the API. Raises ``LocalCloudError`` with Cloudflare's errors."""
        url = f"{self.base_url}/accounts/{self.account_id}/{path}"
        header = {"authorization": f"Bearer {self.token}"}
        try:
            answer = httpx.request(method, url, params=query, headers=header, timeout=TIMEOUT_SECONDS)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise LocalCloudError(
                f"{method} {path}: Cloudflare's API did not answer: {type(error).__name__}."
            ) from None
        if not answer.is_success:
            errors = ", ".join(f"{each['code']} {each['message']}" for each in body.get("errors") or ())
            raise LocalCloudError(f"{method} {path}: Cloudflare returned {answer.status_code}: {errors}.")
        return body

    def every(self, path: str) -> Iterator[Any]:
        """Yields the records of all pages of a list."""
        seen, page = 0, 1
        while True:
            body = self.request("GET", path, page=str(page))
            yield from body["result"] or ()
            seen, page = seen + len(body["result"] or ()), page + 1
            if not body["result"] or seen >= ((body.get("result_info") or {}).get("total_count") or 0):
                return

    def call(self, script: str) -> Any:
        """Returns the JSON of a Worker's response. A new address of Cloudflare needs some time to answer."""
        if self.local_worker_url:
            return call_worker(self.local_worker_url(script))
        subdomain = self.request("GET", "workers/subdomain")["result"]["subdomain"]
        url, deadline = f"https://{script}.{subdomain}.workers.dev/", time.monotonic() + START_SECONDS
        while True:
            try:
                return httpx.get(url, timeout=TIMEOUT_SECONDS).raise_for_status().json()
            except (httpx.HTTPError, ValueError) as error:
                if time.monotonic() > deadline:
                    raise LocalCloudError(f"The Worker at {url} did not return JSON: {type(error).__name__}.") from None
            time.sleep(2)


def _secret(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise LocalCloudError(
            f"{variable}: is required in the environment. Run `read -rs {variable} && export {variable}`."
        )
    return value
