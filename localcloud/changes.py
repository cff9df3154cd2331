"""The changes that commands of the engine make to a stack, or would make."""

import json

from localcloud.deploy import Stack


def changes_of_up(stack: Stack) -> dict[str, int]:
    """Deploys the stack and returns the number of resources by operation: `create`, `update`, `same`, ..."""
    stack.pulumi("up", "--yes", "--skip-preview")
    return stack.changes_of_last_update()


def changes_of_preview(stack: Stack) -> dict[str, str]:
    """Returns the operations of a preview by URN, without unchanged resources."""
    steps = json.loads(stack.pulumi("preview", "--json"))["steps"]
    return {step["urn"]: step["op"] for step in steps if step["op"] != "same"}


def refresh_without_change(stack: Stack) -> None:
    """Refreshes the state. Raises ``LocalCloudError`` if a resource at the vendor differs from the state."""
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
