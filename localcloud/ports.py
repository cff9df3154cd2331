"""Which TCP ports on 127.0.0.1 the parts of one local cloud listen on."""

import random
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from localcloud.errors import LocalCloudError
from localcloud.home import Home

FILE = "ports.json"
# Below the range from which Linux (32768) and macOS (49152) take the ports of outgoing connections: a port that is
# remembered between two starts is then rarely in the way of one.
RANGE = range(20_000, 32_000)
TRIES = 200


@dataclass(frozen=True)
class Ports:
    """Ports by name, remembered in `ports.json`."""

    home: Home

    def known(self) -> dict[str, int]:
        return {name: int(port) for name, port in self.home.read(FILE).items()}

    def of(self, name: str) -> int:
        try:
            return self.known()[name]
        except KeyError:
            raise LocalCloudError(
                f"The local cloud in `{self.home.path}` was never started. Use `python -m localcloud up`."
            ) from None

    def choose(self, names: Iterable[str], report: Callable[[str], None]) -> dict[str, int]:
        """The remembered port of each name where it is free, else a new one, which is remembered."""
        known = self.known()
        chosen: dict[str, int] = {}
        for name in names:
            port = known.get(name)
            if port is None or not is_free(port):
                new = free_port(except_for={*known.values()})
                if port is not None:
                    report(f"port {port} of {name} is taken by another process: using {new}")
                port = new
            known[name] = chosen[name] = port
        self.home.write(FILE, known)
        return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now. It may be gone a moment later: who needs it binds it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(except_for: set[int] | None = None) -> int:
    for port in random.sample(RANGE, TRIES):
        if port not in (except_for or set()) and is_free(port):
            return port
    raise LocalCloudError(
        f"No free TCP port was found on 127.0.0.1: {TRIES} ports from {RANGE.start} to {RANGE.stop - 1} are taken. "
        "End what listens there."
    )
