"""Serves an emulator's application in a thread, on a free port."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import uvicorn

from localcloud.emulation.connections import HOST, TrackedProtocol, create_listener

START_SECONDS = 20


class QuickServer(uvicorn.Server):
    """Checks for its end more often than every tenth of a second, because hundreds of tests wait for it."""

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.005)


@contextmanager
def served(app: Any, key: str) -> Iterator[httpx.Client]:
    """Yields a client of the application that sends its key."""
    listening = create_listener(0)
    address = f"http://{HOST}:{listening.getsockname()[1]}"
    serving = QuickServer(uvicorn.Config(app, http=TrackedProtocol, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not serving.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline, "the emulator did not start"
            time.sleep(0.005)
        headers = {"authorization": f"Bearer {key}"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=30) as client:
            yield client
    finally:
        serving.should_exit = True
        thread.join(START_SECONDS)
        listening.close()


@contextmanager
def emptied(emulator: AbstractContextManager[httpx.Client]) -> Iterator[httpx.Client]:
    """Yields the client of an emulator, and deletes the objects of the emulator at the end."""
    with emulator as client:
        yield client
        client.post("/__localcloud/reset").raise_for_status()
