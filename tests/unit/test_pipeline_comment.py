"""The comments on a pull request: one for each report, which later runs update."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from tools.pipeline import comment

OURS, OTHERS = {"login": "github-actions[bot]"}, {"login": "reviewer"}
PATH = "/repos/acme/edge/issues/7/comments"
REPORT = "### Preview of `dev`\n\nnew"


class GitHub(BaseHTTPRequestHandler):
    """The comments API of GitHub."""

    comments: ClassVar[list[dict[str, Any]]] = []
    requests: ClassVar[list[tuple[str, str, Any]]] = []
    status: ClassVar[int] = 200

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        path, _, query = self.path.partition("?")
        self.requests.append((self.command, path, body))
        first = query.endswith("&page=1")
        answer = json.dumps(self.comments if self.command == "GET" and first else []).encode()
        self.send_response(self.status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    GitHub.comments, GitHub.requests, GitHub.status = [], [], 200
    with HTTPServer(("127.0.0.1", 0), GitHub) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield {
            "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}",
            "GITHUB_REPOSITORY": "acme/edge",
            "GITHUB_TOKEN": "a-token-of-the-forge",
            "PR": "7",
            "REPORT": REPORT,
        }
        server.shutdown()


def written() -> list[tuple[str, str, Any]]:
    return [request for request in GitHub.requests if request[0] != "GET"]


def test_the_first_report_is_a_new_comment(environment: dict[str, str]) -> None:
    assert comment.main(environment) == 0
    assert written() == [("POST", PATH, {"body": REPORT})]


def test_the_next_report_updates_the_comment(environment: dict[str, str]) -> None:
    GitHub.comments = [{"id": 5, "user": OURS, "body": "### Preview of `dev`\r\n\r\nold"}]
    assert comment.main(environment) == 0
    assert written() == [("PATCH", "/repos/acme/edge/issues/comments/5", {"body": REPORT})]


@pytest.mark.parametrize(
    "other",
    [{"user": OTHERS, "body": REPORT}, {"user": OURS, "body": "### Deployment of `pr-7`\n"}],
    ids=["of another user", "of another report"],
)
def test_other_comments_do_not_change(environment: dict[str, str], other: dict[str, Any]) -> None:
    GitHub.comments = [{"id": 5, **other}]
    assert comment.main(environment) == 0
    assert [method for method, _, _ in written()] == ["POST"]


def test_an_empty_report_is_not_written(environment: dict[str, str]) -> None:
    assert comment.main({**environment, "REPORT": ""}) == 0
    assert GitHub.requests == []


def test_an_error_of_github_is_reported_without_the_token(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    GitHub.status = 403
    assert comment.main(environment) == 1
    output = capsys.readouterr().err
    assert "GitHub rejected the request" in output
    assert "a-token-of-the-forge" not in output


def test_an_invalid_number_of_a_pull_request_is_rejected(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert comment.main({**environment, "PR": "7/../../x"}) == 1
    assert GitHub.requests == []
