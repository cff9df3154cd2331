"""The path of a request to the API."""

from starlette.types import Scope


def api_path(scope: Scope) -> str:
    """Without the base of the API: `/accounts/...`, wherever the API is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
