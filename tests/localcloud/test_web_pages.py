"""Requests of web pages to Workers: pages of this machine are served, and pages of other sites are not."""

import pytest

from tests.localcloud.test_runtime import Cloud, answers, cloud, worker

__all__ = ["cloud"]

PLAIN = {"content-type": "text/plain"}
"""A browser sends such a POST to any site without asking it first."""
CROSS = {"sec-fetch-site": "cross-site"}
SAME = {"sec-fetch-site": "same-site"}
CORS = {"sec-fetch-mode": "cors"}
IMAGE = {"sec-fetch-mode": "no-cors"}
LINK = {"sec-fetch-mode": "navigate"}


def status(cloud: Cloud, method: str, headers: dict[str, str], host: str = "api.localhost") -> int:
    cloud.deploy(worker(answers("reached"), hosts=["api.localhost", "api.example.com"]))
    answer = cloud.ask("/", method, host, headers=headers)
    assert ("reached" in answer.text) == (answer.status_code == 200)
    return answer.status_code


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", PLAIN | CROSS | CORS | {"origin": "https://evil.example"}),
        ("POST", PLAIN | CROSS | LINK | {"origin": "https://evil.example"}),
        ("POST", PLAIN | CROSS | CORS | {"origin": "null"}),
        ("POST", PLAIN | CROSS | CORS | {"origin": "https://localhost.evil.example"}),
        ("POST", PLAIN | SAME | CORS | {"origin": "https://api.example.com.evil.example"}),
        ("OPTIONS", CROSS | CORS | {"origin": "https://evil.example", "access-control-request-method": "PUT"}),
        ("GET", CROSS | IMAGE | {"referer": "https://evil.example/"}),
        ("GET", CROSS | IMAGE),
        ("GET", CROSS | CORS | {"origin": "https://evil.example", "referer": "http://localhost/"}),
    ],
)
def test_a_page_of_another_site_does_not_reach_a_worker(cloud: Cloud, method: str, headers: dict[str, str]) -> None:
    assert status(cloud, method, headers) == 403


def test_a_page_of_another_site_does_not_reach_a_worker_on_a_domain(cloud: Cloud) -> None:
    """Browsers do not send `Sec-Fetch-Site` to a domain without TLS."""
    assert status(cloud, "POST", PLAIN | {"origin": "https://evil.example"}, "api.example.com") == 403


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", PLAIN | CROSS | CORS | {"origin": "http://localhost:5173"}),
        ("POST", PLAIN | SAME | CORS | {"origin": "http://127.0.0.1:5173"}),
        ("POST", PLAIN | CROSS | CORS | {"origin": "http://web.localhost:5173"}),
        ("POST", PLAIN | CROSS | CORS | {"origin": "http://API.example.com"}),
        ("GET", CROSS | IMAGE | {"referer": "http://localhost:5173/page"}),
        ("GET", CROSS | LINK | {"referer": "https://login.example.com/"}),
        ("GET", CROSS | LINK),
        ("GET", {"sec-fetch-site": "none"} | LINK),
        ("POST", PLAIN | {"sec-fetch-site": "same-origin", "origin": "http://api.localhost"} | CORS),
        ("POST", PLAIN | {"origin": "https://app.example.com"}),
        ("POST", PLAIN),
    ],
)
def test_pages_of_this_machine_links_and_other_clients_reach_a_worker(
    cloud: Cloud, method: str, headers: dict[str, str]
) -> None:
    assert status(cloud, method, headers) == 200


def test_a_client_without_an_origin_reaches_a_worker_on_a_domain(cloud: Cloud) -> None:
    assert status(cloud, "POST", PLAIN, "api.example.com") == 200
