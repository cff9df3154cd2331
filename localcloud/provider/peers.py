"""gRPC servers on 127.0.0.1 that serve only processes of the user who runs them.

The engine attaches to providers by their TCP port and sends no key. The kernel knows which user opened a connection, so
each call is checked against that user. `localcloud/dynamic_provider/serve.py` imports this module in the virtual
environment of a user's project, so it needs only `grpcio`.
"""

import os
import socket
import struct
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from grpc import server as unguarded_server  # `serve.py` replaces `grpc.server`

REFUSAL = "This provider serves only processes of the user who started it. Run the engine as that user."
KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")

# linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST = 1
HEADER = struct.Struct("=IHHII")
QUERY = struct.Struct("=BBBBI")
NO_INTERFACE_NO_COOKIE = struct.pack("=I", 0) + b"\xff" * 8
STATE_OFFSET = HEADER.size + 1
OWNER_OFFSET = HEADER.size + 4 + 48 + 12
"""Offset of the user id, which the inode of the socket follows."""
ESTABLISHED = 1
ANSWER_BYTES = 4096

Address = tuple[str, int]


def create_server(thread_pool: ThreadPoolExecutor, options: Sequence[tuple[str, Any]] | None = None) -> grpc.Server:
    """Creates a server as `grpc.server` does, for one port. It rejects calls from processes of other users.

    Only Linux shows the user of a connection, and not in every sandbox. Elsewhere the server serves every process.
    """
    if not _can_query():
        return unguarded_server(thread_pool, options=options)
    guard = OwnerOnly()
    server = unguarded_server(thread_pool, options=options, interceptors=[guard])
    bind = server.add_insecure_port

    def add_insecure_port(address: str) -> int:
        guard.port = bind(address)
        return guard.port

    server.add_insecure_port = add_insecure_port  # type: ignore[method-assign]
    return server


class OwnerOnly(grpc.ServerInterceptor):  # type: ignore[type-arg] # generic in the stubs only
    """Rejects calls from processes of other users with `PERMISSION_DENIED`, before their messages are read."""

    def __init__(self) -> None:
        self.port = 0

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        handler = continuation(details)
        if handler is None:
            return None
        create = (
            grpc.stream_stream_rpc_method_handler
            if handler.response_streaming
            else grpc.stream_unary_rpc_method_handler
        )
        return create(self._guarded(handler), handler.request_deserializer, handler.response_serializer)

    def _guarded(self, handler: Any) -> Callable[[Any, Any], Any]:
        """Returns the method of a handler with the check. A stream of requests is read only after the check."""
        behaviour = next(filter(None, (getattr(handler, kind) for kind in KINDS)))

        def guarded(requests: Any, context: grpc.ServicerContext) -> Any:
            address = context.peer().removeprefix("ipv4:").rpartition(":")
            if owner_of((address[0], int(address[2])), ("127.0.0.1", self.port)) != os.geteuid():
                context.abort(grpc.StatusCode.PERMISSION_DENIED, REFUSAL)
            return behaviour(requests if handler.request_streaming else next(requests), context)

        return guarded


def owner_of(client: Address, server: Address) -> int | None:
    """Returns the id of the user whose socket at `client` is connected to `server`, or None if there is no such socket.

    A socket that its process has closed may still exist in the kernel. It then belongs to user 0, and is not reported.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as kernel:
        kernel.send(_query(client, server))
        answer = kernel.recv(ANSWER_BYTES)
    if HEADER.unpack_from(answer)[1] != SOCK_DIAG_BY_FAMILY or answer[STATE_OFFSET] != ESTABLISHED:
        return None
    owner, inode = struct.unpack_from("=II", answer, OWNER_OFFSET)
    return int(owner) if inode else None


def _query(client: Address, server: Address) -> bytes:
    """Returns the question for the one TCP socket with these addresses, in the format of `inet_diag_req_v2`."""
    ports = struct.pack(">HH", client[1], server[1])
    hosts = b"".join(socket.inet_aton(host).ljust(16, b"\0") for host, _ in (client, server))
    every_state = 0xFFFFFFFF
    body = QUERY.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, every_state) + ports + hosts + NO_INTERFACE_NO_COOKIE
    return HEADER.pack(HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 1, 0) + body


def _can_query() -> bool:
    """Whether this kernel reports the users of sockets."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
            return owner_of(client.getsockname(), server.getsockname()) == os.geteuid()
    except (AttributeError, OSError):
        return False
