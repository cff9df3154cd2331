"""The runtime, which runs the Workers and stores the values of KV namespaces."""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from localcloud.cloudflare.envelope import ApiError

Worker = dict[str, Any]
"""A Worker in the format of the runtime's control API, with name, mainModule, modules, bindings, hosts, crons, ...
"""

# A change starts a new workerd process, which takes a second, and several on a busy machine.
APPLY_TIMEOUT_SECONDS = 60.0
VALUE_TIMEOUT_SECONDS = 10.0


class ScriptRejected(Exception):
    """The runtime rejects a script. The message is from the runtime."""


class RuntimeUnreachable(ApiError):
    """The runtime does not respond, which is an unknown error for clients of the API."""

    def __init__(self, message: str) -> None:
        super().__init__(500, 10013, message)


class Runtime(Protocol):
    """Runs Workers and stores KV values."""

    async def apply(self, workers: Sequence[Worker]) -> None:
        """Replaces all Workers. Raises ``ScriptRejected``, in which case the old ones keep running."""

    async def value(self, namespace_id: str, key: str) -> bytes | None: ...

    async def put_value(self, namespace_id: str, key: str, value: bytes) -> None: ...

    async def delete_value(self, namespace_id: str, key: str) -> None: ...

    async def delete_namespace(self, namespace_id: str) -> None: ...

    async def close(self) -> None: ...


class MemoryRuntime:
    """Runs no Workers, and stores KV values in memory."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []
        self._values: dict[str, dict[str, bytes]] = {}

    async def apply(self, workers: Sequence[Worker]) -> None:
        self.workers = list(workers)

    async def value(self, namespace_id: str, key: str) -> bytes | None:
        return self._values.get(namespace_id, {}).get(key)

    async def put_value(self, namespace_id: str, key: str, value: bytes) -> None:
        self._values.setdefault(namespace_id, {})[key] = value

    async def delete_value(self, namespace_id: str, key: str) -> None:
        self._values.get(namespace_id, {}).pop(key, None)

    async def delete_namespace(self, namespace_id: str) -> None:
        self._values.pop(namespace_id, None)

    async def close(self) -> None:
        return


class HttpRuntime:
    """The local Workers runtime, through its control API."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        # a proxy cannot reach this machine
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(VALUE_TIMEOUT_SECONDS),
            trust_env=False,
        )
        self._running: dict[str, Worker] = {}
        """The Workers of the last accepted change, by name."""

    async def apply(self, workers: Sequence[Worker]) -> None:
        running, self._running = self._running, {}  # without an answer it is unknown what runs
        changed = [worker for worker in workers if running.get(worker["name"]) != worker]
        answer = await self._put_workers(changed, workers)
        if answer.status_code == 409:  # the runtime was restarted
            answer = await self._put_workers(workers, workers)
        if answer.status_code == 400:
            self._running = running
            raise ScriptRejected(answer.json()["error"])
        self._expect(answer, 200)
        self._running = {worker["name"]: worker for worker in workers}

    async def _put_workers(self, changed: Sequence[Worker], workers: Sequence[Worker]) -> httpx.Response:
        body = {"workers": list(changed), "names": [worker["name"] for worker in workers]}
        return await self._send("PUT", "/workers", json=body, timeout=APPLY_TIMEOUT_SECONDS)

    async def value(self, namespace_id: str, key: str) -> bytes | None:
        answer = await self._send("GET", _value_path(namespace_id, key))
        if answer.status_code == 404:
            return None
        self._expect(answer, 200)
        return answer.content

    async def put_value(self, namespace_id: str, key: str, value: bytes) -> None:
        self._expect(await self._send("PUT", _value_path(namespace_id, key), content=value), 200)

    async def delete_value(self, namespace_id: str, key: str) -> None:
        self._expect(await self._send("DELETE", _value_path(namespace_id, key)), 200)

    async def delete_namespace(self, namespace_id: str) -> None:
        self._expect(await self._send("DELETE", f"/kv/{namespace_id}"), 200)

    async def close(self) -> None:
        await self._client.aclose()

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise RuntimeUnreachable(
                f"The local Workers runtime at {self._url} does not respond ({type(error).__name__}). "
                "Run `python -m localcloud status` to see which service is down."
            ) from None

    def _expect(self, answer: httpx.Response, status: int) -> None:
        if answer.status_code != status:
            raise RuntimeUnreachable(f"The local Workers runtime at {self._url} responded with {answer.status_code}.")


def _value_path(namespace_id: str, key: str) -> str:
    return f"/kv/{namespace_id}/{quote(key, safe='')}"
