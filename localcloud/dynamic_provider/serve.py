"""Serves the dynamic providers of a program, as `python -m pulumi.dynamic` does, with two differences.

Pulumi's server executes code from each request, and serves every process of the machine. This one serves only processes
of the user who started it. Pulumi's server also continues after a killed engine. This one ends with its engine.

It runs in the virtual environment of the project, so it needs only the packages of Pulumi's SDK.
"""

import os
import runpy
import signal
import sys
import threading
from pathlib import Path

import grpc

CHECKOUT = Path(__file__).resolve().parents[2]


def end_with_engine() -> None:
    """Waits for the end of the engine, which closes this process's standard input, and exits."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def main() -> None:
    sys.path[0] = str(CHECKOUT)
    from localcloud.provider.peers import create_server

    # With `python -m`, imports of the providers begin in the folder of the project.
    sys.path[0] = str(Path.cwd())
    grpc.server = create_server  # type: ignore[assignment] # it accepts only the options that the SDK uses
    # The engine ends its plugins with this signal, which a command in the background of a shell ignores.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=end_with_engine, daemon=True).start()
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
