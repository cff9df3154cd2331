"""`python -m localcloud.provider --cloudflare-port P --random-port Q`: serves until it is told to end."""

import argparse
import signal
import sys
import threading

from localcloud.provider.cloudflare import CLOUDFLARE
from localcloud.provider.errors import ProviderError
from localcloud.provider.random import RANDOM
from localcloud.provider.server import started

PATIENCE_SECONDS = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m localcloud.provider", description=__doc__)
    parser.add_argument("--cloudflare-port", type=int, required=True)
    parser.add_argument("--random-port", type=int, required=True)
    arguments = parser.parse_args()

    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    servers = []
    try:
        servers.append(started(CLOUDFLARE, arguments.cloudflare_port))
        servers.append(started(RANDOM, arguments.random_port))
        told_to_end.wait()
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        for ended in [server.stop(PATIENCE_SECONDS) for server in servers]:
            ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
