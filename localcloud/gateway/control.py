"""The control API of the running gateway: its request log, its figures over time, and fault injection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from localcloud.errors import LocalCloudError
from localcloud.gateway.faults import OriginFaults
from localcloud.service import VERIFY_OF_HTTP

TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class LoggedQuery:
    """An entry of the request log. It contains neither the text of the statement nor a value."""

    configuration: str
    """Name of the Hyperdrive configuration."""
    at: str
    cache_status: str | None
    """None: a client got no connection, or a statement was rejected that no query used."""
    event_status: str
    """`complete` or `error`."""
    ms: float
    """Milliseconds until the last message of the result, with the wait for a connection."""
    rows: int
    query_bytes: int
    result_bytes: int
    code: str | None
    """SQLSTATE of the error."""
    problem: str | None
    """The gateway's description of the error. None for errors of the database, whose text can contain values."""
    fix: str | None


@dataclass(frozen=True)
class GatewayControl:
    """A client of the control API. Its methods raise ``LocalCloudError``."""

    url: str
    token: str

    def queries(self) -> list[LoggedQuery]:
        """Returns the newest queries of all configurations, oldest first."""
        found = [
            LoggedQuery(
                each["label"],
                query["at"],
                query["cacheStatus"],
                query["eventStatus"],
                query["ms"],
                query["rows"],
                query["queryBytes"],
                query["resultBytes"],
                query.get("code"),
                query.get("problem"),
                query.get("fix"),
            )
            for each in self._call("GET", "/queries")["configurations"]
            for query in each["queries"]
        ]
        return sorted(found, key=lambda query: query.at)

    def day(self) -> list[dict[str, Any]]:
        """Returns the figures of each configuration in each minute of the last 24 hours, as the gateway sends them."""
        return list(self._call("GET", "/day")["configurations"])

    def set_faults(self, configuration: str, faults: OriginFaults) -> None:
        """Replaces all injected faults of a configuration, which its name or its ID selects."""
        self._call("PUT", f"/faults/{quote(configuration, safe='')}", faults.content())

    def faults(self) -> Sequence[tuple[str, dict[str, Any]]]:
        """Returns the injected faults of each configuration by name."""
        return [(each["label"], each["faults"]) for each in self._call("GET", "/faults")["configurations"]]

    def page_url(self) -> str:
        """Returns a URL of the page for a browser. It works once."""
        return f"{self.url}/#{self._call('POST', '/views')['code']}"

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}"}
        try:
            response = httpx.request(
                method,
                f"{self.url}{path}",
                json=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                trust_env=False,
                verify=VERIFY_OF_HTTP,
            )
        except httpx.HTTPError as error:
            raise LocalCloudError(
                f"The gateway of the local cloud at {self.url} does not respond ({type(error).__name__}). "
                "Run `python -m localcloud up`."
            ) from None
        if not response.is_success:
            raise LocalCloudError(str(response.json()["error"]))
        return response.json()
