"""The one comment of a report on a pull request, written anew at each run: `python -m tools.pipeline.comment`.

It has a token that writes, so it needs no package but Python's own. The environment has all of it: GITHUB_TOKEN,
GITHUB_REPOSITORY, GITHUB_API_URL, the pull request's number in PR, the Markdown in REPORT.

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
US = "github-actions[bot]"


def main(environment: Mapping[str, str]) -> int:
    """Writes it; 0 where there is nothing to write."""
    report = environment.get("REPORT", "")
    if not report.strip():
        print("comment: there is no report.")
        return 0
    try:
        comments = f"/repos/{environment['GITHUB_REPOSITORY']}/issues/{int(environment['PR'])}/comments"
        mine = next((each for each in _comments(environment, comments) if _is_same(each, report)), None)
        if mine:
            _call(
                environment, "PATCH", f"/repos/{environment['GITHUB_REPOSITORY']}/issues/comments/{mine['id']}", report
            )
        else:
            _call(environment, "POST", comments, report)
    except (KeyError, ValueError) as error:
        print(f"comment: the environment lacks something ({error}).", file=sys.stderr)
        return 1
    except URLError as error:
        print(f"comment: GitHub did not take it ({error.reason}).", file=sys.stderr)
        return 1
    return 0


def _comments(environment: Mapping[str, str], path: str) -> Iterator[dict[str, Any]]:
    page = 1
    while found := _call(environment, "GET", f"{path}?per_page={PAGE_LENGTH}&page={page}"):
        yield from found
        page += 1


def _is_same(comment: Mapping[str, Any], report: str) -> bool:
    """Whether we wrote it, about the same thing: the first line says which."""
    user, body = comment["user"], str(comment["body"])
    return bool(user["login"] == US and body.partition("\n")[0].strip() == report.partition("\n")[0])


def _call(environment: Mapping[str, str], method: str, path: str, report: str | None = None) -> Any:
    request = Request(  # noqa: S310  # the address is the forge's own
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
