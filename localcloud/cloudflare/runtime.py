"""What runs the Workers and keeps the values of KV namespaces."""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from localcloud.cloudflare.envelope import ApiError

Worker = dict[str, Any]
"""As the runtime's control API takes it: name, mainModule, modules, compatibilityDate, bindings, hosts, crons."""

# A new generation starts a workerd, which takes a second; on a busy machine several.
APPLY_TIMEOUT_SECONDS = 60.0
VALUE_TIMEOUT_SECONDS = 10.0


class RuntimeRefused(Exception):
    """The runtime does not take a script; the message is its own."""


class RuntimeUnreachable(ApiError):
    """The runtime does not answer: to a client of the API an unknown error."""

    def __init__(self, message: str) -> None:
        super().__init__(500, 10013, message)


class Runtime(Protocol):
    async def apply(self, workers: Sequence[Worker]) -> None:
        """Replaces all Workers. Raises ``RuntimeRefused``, and then the old ones go on."""

    async def value(self, namespace_id: str, key: str) -> bytes | None: ...

    async def put_value(self, namespace_id: str, key: str, value: bytes) -> None: ...

    async def delete_value(self, namespace_id: str, key: str) -> None: ...

    async def delete_namespace(self, namespace_id: str) -> None: ...

    async def close(self) -> None: ...


class MemoryRuntime:
    """Runs nothing, and keeps values as long as the process lives."""

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
    """The local Worker runtime, by its control API."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        # a proxy does not lead to this machine
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(VALUE_TIMEOUT_SECONDS),
            trust_env=False,
        )

    async def apply(self, workers: Sequence[Worker]) -> None:
        body = {"workers": list(workers)}
        answer = await self._send("PUT", "/workers", json=body, timeout=APPLY_TIMEOUT_SECONDS)
        if answer.status_code == 400:
            raise RuntimeRefused(answer.json()["error"])
        self._expect(answer, 200)

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
                f"The local Worker runtime at {self._url} does not answer ({type(error).__name__}). "
                "`python -m localcloud status` tells which part is down."
            ) from None

    def _expect(self, answer: httpx.Response, status: int) -> None:
        if answer.status_code != status:
            raise RuntimeUnreachable(f"The local Worker runtime at {self._url} answers {answer.status_code}.")


def _value_path(namespace_id: str, key: str) -> str:
    return f"/kv/{namespace_id}/{quote(key, safe='')}"
