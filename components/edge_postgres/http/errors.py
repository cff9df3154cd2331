"""Errors of a vendor's API or a database server. Each message is complete, and none contains a secret."""


class ApiError(Exception):
    """A vendor's API or a database server rejected a request, or did not respond.

    Args:
        description: The complete message.
        status: The HTTP status; None if there was no response.
        code: The vendor's error code.
        message: The vendor's error message.
        retryable: True if the same request may succeed later, and a second attempt can do no harm.
    """

    def __init__(
        self, description: str, *, status: int | None = None, code: str = "", message: str = "", retryable: bool = False
    ) -> None:
        super().__init__(description)
        self.status, self.code, self.message, self.retryable = status, code, message, retryable
        self.retry_after_seconds: float | None = None
        """Seconds that the API asks the client to wait before the next attempt."""


class AmbiguousOutcome(ApiError):
    """The API may have carried out the request.

    The caller looks up the object before it repeats the request, unless the request is idempotent.
    """


class AlreadyExists(ApiError):
    """An object with the requested name exists, and nothing shows that this stack created it."""
