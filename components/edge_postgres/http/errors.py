"""What can go wrong between this machine and a vendor's API, each in one sentence that holds no secret."""


class ApiError(Exception):
    """The API refused, or gave no answer.

    ``status`` is the HTTP status, None where there was no answer; ``code`` and ``told`` are the vendor's own words.
    """

    def __init__(
        self, sentence: str, *, status: int | None = None, code: str = "", told: str = "", passing: bool = False
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.told = status, code, told
        self.passing = passing
        """Nothing was done, and the same request may succeed later."""
        self.retry_after_seconds: float | None = None
        """The pause that the API asks for."""


class LostAnswer(ApiError):
    """The request may have been carried out: look before making it again."""


class AlreadyThere(ApiError):
    """Something of this name is there, and nothing says that it is ours."""
