"""The emulator of Cloudflare's API in a thread of this process, on a free port."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.runtime import MemoryRuntime
from localcloud.cloudflare.settings import Settings
from localcloud.emulation.store import Store

SECONDS = 30


@contextmanager
def running(store: Path, token: str, **changes: Any) -> Iterator[str]:
    """Runs the emulator, which accepts databases on this machine and runs no Workers. Yields its address."""
    settings = Settings(store=store, api_token=token, allow_loopback_origins=True, **changes)
    app = create_app(Cloud(settings, Store.open(store), MemoryRuntime()))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            _until_started(server)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(SECONDS)


def stored(address: str, token: str) -> dict[str, Any]:
    """Returns the ids by kind, without kinds that have no records."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{address}/__localcloud/store", headers=headers, timeout=SECONDS, trust_env=False)
    return {kind: ids for kind, ids in answer.raise_for_status().json().items() if ids}


def _until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + SECONDS
    while not server.started:
        assert time.monotonic() < deadline, f"the emulator did not start within {SECONDS} seconds"
        time.sleep(0.01)
