"""The check of the user who opened a connection to a gRPC server."""

import os
import resource
import socket
from collections.abc import Iterator

import pytest

from localcloud.ports import free_port
from localcloud.provider.peers import REFUSAL, owner_of
from localcloud.provider.random import RANDOM
from localcloud.provider.server import start_server
from tests.localcloud.provider.engine import Engine
from tests.localcloud.stranger import attack, only_root

CALL = """
provider = ResourceProviderStub(grpc.insecure_channel(sys.argv[3]))
try:
    print(provider.GetPluginInfo(Empty(), timeout=20).version)
except grpc.RpcError as error:
    print(error.details())
"""


LARGE_CALL = """
request = wire.CreateRequest(urn="u" * 300_000_000)
channel = grpc.insecure_channel(sys.argv[3], compression=grpc.Compression.Gzip)
try:
    ResourceProviderStub(channel).Create(request, timeout=60)
except grpc.RpcError as error:
    print(error.code().name)
"""
LARGE_BYTES = 150_000_000


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    server = start_server(RANDOM, port)
    yield port
    server.stop(1).wait()


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, tuple[str, int]]]:
    """A connected client, and the address of its server."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        yield client, server.getsockname()


def test_a_process_of_the_user_is_served(port: int) -> None:
    assert Engine.attach(port).create("random:index/randomId:RandomId", {"byteLength": 4}).id


@only_root
@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]"])
def test_a_process_of_another_user_is_rejected(port: int, host: str) -> None:
    assert attack(CALL, f"{host}:{port}") == f"{REFUSAL}\n"


@only_root
def test_a_large_message_of_another_user_is_not_read(port: int) -> None:
    """It has 300 MB, and a few hundred kilobytes on the way."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert attack(LARGE_CALL, f"127.0.0.1:{port}") in ("PERMISSION_DENIED\n", "CANCELLED\n")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < LARGE_BYTES


def test_the_owner_of_a_connection_is_its_user(connection: tuple[socket.socket, tuple[str, int]]) -> None:
    client, server = connection
    assert owner_of(client.getsockname(), server) == os.geteuid()


def test_a_connection_whose_client_has_ended_has_no_owner(connection: tuple[socket.socket, tuple[str, int]]) -> None:
    client, server = connection
    address = client.getsockname()
    client.close()
    assert owner_of(address, server) is None


def test_an_address_without_a_connection_has_no_owner(connection: tuple[socket.socket, tuple[str, int]]) -> None:
    _, server = connection
    assert owner_of(("127.0.0.1", free_port()), server) is None
