"""The TCP ports on 127.0.0.1 on which the services of one local cloud listen."""

import random
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from localcloud.errors import LocalCloudError
from localcloud.state_directory import StateDirectory

FILE = "ports.json"
# Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections, so that an outgoing
# connection rarely occupies a stored port between two starts.
RANGE = range(20_000, 32_000)
ATTEMPTS = 200


@dataclass(frozen=True)
class Ports:
    """Ports by name, stored in `ports.json`."""

    state_directory: StateDirectory

    def known(self) -> dict[str, int]:
        """Returns the stored ports by name."""
        return {name: int(port) for name, port in self.state_directory.read(FILE).items()}

    def of(self, name: str) -> int:
        """Returns one stored port. Raises ``LocalCloudError`` if the local cloud was never started."""
        try:
            return self.known()[name]
        except KeyError:
            raise LocalCloudError(
                f"The local cloud in `{self.state_directory.path}` was never started. Run `python -m localcloud up`."
            ) from None

    def choose(self, names: Iterable[str], report: Callable[[str], None]) -> dict[str, int]:
        """Returns the stored port of each name if it is free, else a new port, which it stores."""
        known = self.known()
        chosen: dict[str, int] = {}
        for name in names:
            port = known.get(name)
            if port is None or not is_free(port):
                new = free_port(except_for={*known.values()})
                if port is not None:
                    report(f"port {port} of {name} is in use by another process: using {new}")
                port = new
            known[name] = chosen[name] = port
        self.state_directory.write(FILE, known)
        return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now. Another process may bind it a moment later."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(except_for: set[int] | None = None) -> int:
    """Returns a free port, other than those in ``except_for``. Raises ``LocalCloudError`` if it finds none."""
    for port in random.sample(RANGE, ATTEMPTS):
        if port not in (except_for or set()) and is_free(port):
            return port
    raise LocalCloudError(
        f"No free TCP port on 127.0.0.1: {ATTEMPTS} random ports from {RANGE.start} to {RANGE.stop - 1} are in use. "
        "Stop processes that listen there."
    )
