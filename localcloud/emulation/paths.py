"""Paths of requests to the API."""

from starlette.types import Scope


def api_path(scope: Scope) -> str:
    """Returns the path without the base path of the API, such as `/accounts/...`."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
