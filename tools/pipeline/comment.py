"""Writes a report as a comment on a pull request, or updates the comment: `python -m tools.pipeline.comment`.

Its token has write access, so it imports only the standard library. Environment variables: GITHUB_TOKEN,
GITHUB_REPOSITORY, GITHUB_API_URL, PR (number of the pull request), REPORT (Markdown).

https://docs.github.com/en/rest/issues/comments, read 2026-11-21.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

TIMEOUT_SECONDS = 30
PAGE_LENGTH = 100
BOT = "github-actions[bot]"


def main(environment: Mapping[str, str]) -> int:
    """Writes the comment. An empty report is not an error."""
    report = environment.get("REPORT", "")
    if not report.strip():
        print("comment: REPORT is empty.")
        return 0
    try:
        comments = f"/repos/{environment['GITHUB_REPOSITORY']}/issues/{int(environment['PR'])}/comments"
        existing = next((each for each in _comments(environment, comments) if _is_same(each, report)), None)
        if existing:
            _call(
                environment,
                "PATCH",
                f"/repos/{environment['GITHUB_REPOSITORY']}/issues/comments/{existing['id']}",
                report,
            )
        else:
            _call(environment, "POST", comments, report)
    except (KeyError, ValueError) as error:
        print(f"comment: an environment variable is missing or invalid ({error}).", file=sys.stderr)
        return 1
    except URLError as error:
        print(f"comment: GitHub rejected the request ({error.reason}).", file=sys.stderr)
        return 1
    return 0


def _comments(environment: Mapping[str, str], path: str) -> Iterator[dict[str, Any]]:
    page = 1
    while found := _call(environment, "GET", f"{path}?per_page={PAGE_LENGTH}&page={page}"):
        yield from found
        page += 1


def _is_same(comment: Mapping[str, Any], report: str) -> bool:
    """Whether an earlier run wrote the comment for the same step and stack, which are in its first line."""
    user, body = comment["user"], str(comment["body"])
    return bool(user["login"] == BOT and body.partition("\n")[0].strip() == report.partition("\n")[0])


def _call(environment: Mapping[str, str], method: str, path: str, report: str | None = None) -> Any:
    request = Request(  # noqa: S310  # the URL is GitHub's
        environment.get("GITHUB_API_URL", "https://api.github.com") + path,
        method=method,
        data=None if report is None else json.dumps({"body": report}).encode(),
        headers={
            "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main(os.environ))
