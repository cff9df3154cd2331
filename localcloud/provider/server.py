"""A package on a port that the engine attaches to."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from localcloud.provider.errors import ProviderError
from localcloud.provider.package import Package
from localcloud.provider.servicer import Servicer

# What the engine deploys at once by default is four times the processors; more than that wait for their turn.
WORKERS = 32
# The engine's own limit: github.com/pulumi/pulumi, sdk/go/common/util/rpcutil, 2026-11. A script may be large.
MESSAGE_BYTES = 400 * 1024 * 1024


def started(package: Package[Any], port: int) -> grpc.Server:
    """Serves on 127.0.0.1. Raises ``ProviderError`` when the port is taken."""
    server = grpc.server(
        ThreadPoolExecutor(WORKERS, thread_name_prefix=package.name),
        options=[
            # Otherwise a second process would share the port, and the engine reach either.
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package), server)
    try:
        server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError:
        raise ProviderError(
            f"Port {port} on 127.0.0.1, for the provider `{package.name}`, is taken. End what listens there or give "
            f"another one with --{package.name}-port."
        ) from None
    server.start()
    return server
