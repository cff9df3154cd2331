"""The operations that Neon's API starts for a change: their statuses, and the error for a failed operation.

Source: the type OperationStatus and the function waitForOperations of npm's @neon/sdk 6.1.2, read on 2026-12-01.
"""

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import ApiError

MAX_REASON_LENGTH = 300

SUCCEEDED = frozenset({"finished", "skipped"})
FAILED = frozenset({"failed", "error", "cancelled"})
RUNNING = frozenset({"scheduling", "running", "cancelling"})

RUN_AGAIN = "Run `pulumi up` again. If it fails again, ask Neon's support about the operation."
ADOPT = (
    "Run `pulumi up` again within an hour, so that the stack adopts what Neon has created. "
    "If it fails again, delete the object in the Neon console."
)


class OperationFailed(ApiError):
    """An operation ended with a failure, so Neon did not carry out a change completely."""


def has_succeeded(operation: Json, *, fix: str) -> bool:
    """Returns whether an operation has ended; False while it runs.

    Args:
        operation: The operation, as Neon's API describes it.
        fix: The last sentences of the message for a failed operation.

    Raises:
        OperationFailed: The operation ended with a failure. The message contains the reason that Neon reports.
    """
    status = operation["status"]
    if status not in FAILED:
        return status in SUCCEEDED
    reason = " ".join(str(operation.get("error") or "").split())[:MAX_REASON_LENGTH].rstrip(".")
    raise OperationFailed(
        f"Neon's operation {operation['action']} ({operation['id']}) on project {operation['project_id']} ended with "
        f"the status {status}{f': {reason}' if reason else ', and Neon reports no reason'}. {fix}",
        message=reason,
    )
