"""A Worker whose bindings name a database on this machine: its sockets reach the database, and no other port."""

import socket
from urllib.parse import quote

import httpx
import psutil
import pytest

from localcloud.certificates import Certificates
from tests.localcloud.test_runtime import Cloud, cloud, text, worker
from tests.localcloud.test_runtime_isolation import ATTACKER, LOOPBACK, server
from tests.waiting import wait_until

__all__ = ["cloud"]

SHOW = "export default { fetch(request, env) { return new Response(env.DATABASE); } };"

only_linux = pytest.mark.skipif(not psutil.LINUX, reason="other systems have no second address of this machine")


def address_of(cloud: Cloud) -> str:
    """Returns the address that replaces 127.0.0.1 in bindings."""
    certificates = cloud.runtime.state_directory.folder("certificates")
    return Certificates.ensure(certificates).forwarding_address


def accepts(host: str, port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((host, port)) == 0


def bound(value: str, name: str = "DATABASE") -> dict[str, str]:
    return text(name, value, "secret_text")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_worker_connects_to_the_address_in_a_binding(cloud: Cloud, host: str) -> None:
    with server() as declared:
        cloud.deploy(worker(ATTACKER, bound(f"{host}:{declared}")))
        assert "HTTP/1.0 200" in cloud.ask("/?host=DATABASE").text


def test_a_worker_connects_to_the_host_and_the_port_in_two_bindings(cloud: Cloud) -> None:
    with server() as declared:
        cloud.deploy(worker(ATTACKER, bound("127.0.0.1"), bound(str(declared), "PORT")))
        assert "HTTP/1.0 200" in cloud.ask(f"/?host=DATABASE:{declared}").text


@pytest.mark.parametrize(
    "binding",
    [
        bound("postgres://app:a%40b@127.0.0.1:{port}/app?host=127.0.0.1"),
        {
            "type": "json",
            "name": "DATABASE",
            "json": '{{"url": "postgres://app:a%40b@127.0.0.1:{port}/app?host=127.0.0.1"}}',
        },
    ],
)
def test_only_the_host_of_a_connection_string_changes(cloud: Cloud, binding: dict[str, str]) -> None:
    with server() as declared:
        binding = {
            key: value.format(port=declared) if key in ("text", "json") else value for key, value in binding.items()
        }
        show = "export default { fetch(request, env) { return Response.json(env.DATABASE.url ?? env.DATABASE); } };"
        cloud.deploy(worker(show, binding))
        seen = httpx.URL(cloud.ask().json())
    assert seen.host.startswith("127.")
    assert seen.host != "127.0.0.1"
    assert str(seen) == f"postgres://app:a%40b@{seen.host}:{declared}/app?host=127.0.0.1"


@only_linux
def test_a_worker_with_a_database_on_this_machine_reaches_no_other_port(cloud: Cloud) -> None:
    with server() as declared, server() as other:
        cloud.deploy(worker(ATTACKER, bound(f"127.0.0.1:{declared}"), bound("127.0.0.1", "HOST")))
        assert "HTTP/1.0 200" in cloud.ask("/?host=DATABASE").text
        for port in (other, declared):
            for host in LOOPBACK:
                answer = cloud.ask(f"/?host={quote(f'{host}:{port}')}")
                assert (host, answer.status_code, "HTTP/1.0" in answer.text) == (host, 502, False)
        assert cloud.ask(f"/?host={address_of(cloud)}:{other}").status_code == 502


@only_linux
def test_a_worker_without_an_address_reaches_no_forwarded_port(cloud: Cloud) -> None:
    with server() as declared:
        cloud.deploy(worker(SHOW, bound(f"127.0.0.1:{declared}"), name="other"), worker(ATTACKER))
        forwarded = cloud.ask(host="other.localhost").text
        assert forwarded.endswith(f":{declared}")
        assert cloud.ask(f"/?host={forwarded}").status_code == 502
        assert cloud.ask(f"/?url=http://{forwarded}/").status_code == 502


@only_linux
def test_a_forwarded_port_is_closed_with_its_worker(cloud: Cloud) -> None:
    with server() as declared:
        cloud.deploy(worker(SHOW, bound(f"127.0.0.1:{declared}")))
        host, _, port = cloud.ask().text.rpartition(":")
        assert httpx.get(f"http://{host}:{port}", trust_env=False).text == "here"
        cloud.deploy()
        wait_until(lambda: not accepts(host, int(port)), seconds=30)


@only_linux
def test_a_database_that_listens_at_all_addresses_needs_no_forwarding(cloud: Cloud) -> None:
    with server("0.0.0.0") as declared:  # such a server is what this test is about
        cloud.deploy(worker(ATTACKER, bound(f"127.0.0.1:{declared}")))
        assert "HTTP/1.0 200" in cloud.ask("/?host=DATABASE").text
