"""A client that calls Workers all the time, while a stack changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from localcloud.instance import Instance
from tests.waiting import wait_until


@dataclass
class Answers:
    """The answers at one host name: each change of status or text, in the order of their arrival."""

    host: str
    texts: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, text: str) -> None:
        self.count += 1
        if self.texts[-1:] != [text]:
            self.texts.append(text)


def text_of(answer: httpx.Response) -> str:
    return answer.text


def call_host(cloud: Instance, host: str, read: Callable[[httpx.Response], str] = text_of) -> str:
    """Returns what ``read`` finds in an answer, the status of an error, or the name of an exception."""
    url = httpx.URL(cloud.worker_url("any"))
    try:
        answer = httpx.get(url.copy_with(host="127.0.0.1"), headers={"host": host}, timeout=30, trust_env=False)
    except httpx.HTTPError as error:
        return type(error).__name__
    return read(answer) if answer.is_success else str(answer.status_code)


@contextmanager
def asked_throughout(
    cloud: Instance, *hosts: str, read: Callable[[httpx.Response], str] = text_of
) -> Iterator[dict[str, Answers]]:
    """Calls the hosts one after the other until the block ends. Each host is called at the start and at the end."""
    answers = {host: Answers(host) for host in hosts}
    ended = threading.Event()

    def call_all() -> None:
        for host, found in answers.items():
            found.add(call_host(cloud, host, read))

    def run() -> None:
        while not ended.wait(0.02):
            call_all()

    call_all()
    client = threading.Thread(target=run)
    client.start()
    try:
        wait_until(lambda: all(found.count > 1 for found in answers.values()), "the client did not start")
        yield answers
    finally:
        ended.set()
        client.join()
    call_all()
