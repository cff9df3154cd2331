"""A gRPC server for a package, to which the engine attaches."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from localcloud.provider.errors import ProviderError
from localcloud.provider.package import Package
from localcloud.provider.peers import create_server
from localcloud.provider.servicer import Servicer

# By default the engine deploys four times as many resources in parallel as there are processors. More have to wait.
WORKERS = 32
# The engine's limit: github.com/pulumi/pulumi, sdk/go/common/util/rpcutil, 2026-11. A script may be large.
MESSAGE_BYTES = 400 * 1024 * 1024


def start_server(package: Package[Any], port: int) -> grpc.Server:
    """Starts a server on 127.0.0.1 for processes of this user. Raises ``ProviderError`` if the port is in use."""
    server = create_server(
        ThreadPoolExecutor(WORKERS, thread_name_prefix=package.name),
        options=[
            # Otherwise a second process could share the port, and the engine could connect to either.
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
            f"Port {port} on 127.0.0.1, for the provider `{package.name}`, is in use. Stop the process that uses it, "
            f"or set another port with --{package.name}-port."
        ) from None
    server.start()
    return server
