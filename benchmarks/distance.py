"""Simulates distance: a connection to a server on this machine takes as long as one around half the world."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress

LARGEST_CHUNK = 64 * 1024
LIFETIME_SECONDS = 300.0


@contextmanager
def far_from(port: int, round_trip_seconds: float) -> Iterator[int]:
    """A port that forwards to ``port``. Data arrives half a round trip later, in order, in both directions."""
    way = _Way(port, round_trip_seconds / 2)
    opened: Future[int] = Future()
    ended = asyncio.Event()

    async def serve() -> None:
        async with await asyncio.start_server(way.lead, "127.0.0.1", 0) as server:
            loops.append(asyncio.get_running_loop())
            opened.set_result(server.sockets[0].getsockname()[1])
            await ended.wait()

    loops: list[asyncio.AbstractEventLoop] = []
    # Its end cancels what is still on the way.
    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="distance", daemon=True)
    thread.start()
    try:
        yield opened.result(timeout=10)
    finally:
        loops[0].call_soon_threadsafe(ended.set)
        thread.join()


class _Way:
    def __init__(self, port: int, seconds: float) -> None:
        self._port, self._seconds = port, seconds

    async def lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near, far = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(LIFETIME_SECONDS):
                    await asyncio.gather(self._travel(reader, far), self._travel(near, writer))
        finally:
            for each in (writer, far):
                each.close()

    async def _travel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Reads at once and writes later, so that following data is not delayed further."""
        loop = asyncio.get_running_loop()
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            while True:
                due, chunk = await on_the_way.get()
                await asyncio.sleep(due - loop.time())
                if not chunk:
                    writer.write_eof() if writer.can_write_eof() else writer.close()
                    return
                writer.write(chunk)
                await writer.drain()

        arriving = asyncio.create_task(arrive())
        try:
            chunk = b"."
            while chunk:
                chunk = await reader.read(LARGEST_CHUNK)
                on_the_way.put_nowait((loop.time() + self._seconds, chunk))
            await arriving
        finally:
            arriving.cancel()
