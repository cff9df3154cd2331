"""`python -m localcloud.provider --cloudflare-port P --random-port Q`: serves both providers until SIGTERM."""

import argparse
import signal
import sys
import threading

from localcloud.provider.cloudflare import CLOUDFLARE
from localcloud.provider.errors import ProviderError
from localcloud.provider.random import RANDOM
from localcloud.provider.server import start_server

STOP_TIMEOUT_SECONDS = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m localcloud.provider", description=__doc__)
    parser.add_argument("--cloudflare-port", type=int, required=True)
    parser.add_argument("--random-port", type=int, required=True)
    arguments = parser.parse_args()

    stop_requested = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop_requested.set())
    servers = []
    try:
        servers.append(start_server(CLOUDFLARE, arguments.cloudflare_port))
        servers.append(start_server(RANDOM, arguments.random_port))
        stop_requested.wait()
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        for ended in [server.stop(STOP_TIMEOUT_SECONDS) for server in servers]:
            ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
