"""One object is created even if responses are lost, and waiting has an end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_postgres.http import creation
from edge_postgres.http.creation import Creation, create_or_adopt, poll_until, repeat_until_answered
from edge_postgres.http.errors import AlreadyExists, AmbiguousOutcome, ApiError


class Shelf:
    """Creates objects. Each flag of ``lost`` is an attempt without a response: true if the object is created."""

    def __init__(self, *lost: bool, existing: list[Any] | None = None) -> None:
        self.items, self.lost, self.attempts = existing or [], list(lost), 0

    def find(self) -> Any:
        return self.items[0] if self.items else None

    def post(self) -> Any:
        self.attempts += 1
        if not self.lost:
            self.items.append({"number": self.attempts, "created_at": ago(seconds=0)})
            return self.items[-1]
        if self.lost.pop(0):
            self.items.append({"number": self.attempts, "created_at": ago(seconds=0)})
        raise AmbiguousOutcome("Neon did not confirm POST /projects (timed out), which may have been carried out.")

    def create(self) -> Creation[Any]:
        return create_or_adopt(
            "Project `shop`",
            find=self.find,
            create=self.post,
            created_at=lambda item: item["created_at"],
            fix="Set it as `project: {existing: …}`, or delete it.",
        )


def ago(**age: float) -> str:
    return (datetime.now(UTC) - timedelta(**age)).isoformat().replace("+00:00", "Z")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "POLL_SECONDS", 0)


def test_the_result_of_a_creation_is_its_response() -> None:
    shelf = Shelf()
    created = shelf.create()
    assert (created.item["number"], len(shelf.items)) == (1, 1)
    assert (created.existed, created.is_response) == (False, True)


def test_an_object_is_looked_up_if_only_the_response_was_lost() -> None:
    shelf = Shelf(True)
    created = shelf.create()
    assert (created.item["number"], shelf.attempts, len(shelf.items)) == (1, 1, 1)
    assert (created.existed, created.is_response) == (False, False)


def test_an_object_is_created_again_if_the_request_was_lost() -> None:
    shelf = Shelf(False, False)
    assert (shelf.create().item["number"], len(shelf.items)) == (3, 1)


def test_the_last_error_is_raised_after_all_attempts() -> None:
    shelf = Shelf(*[False] * 9)
    with pytest.raises(AmbiguousOutcome):
        shelf.create()
    assert shelf.attempts == creation.ATTEMPTS


def test_an_object_that_an_interrupted_creation_left_is_adopted() -> None:
    shelf = Shelf(existing=[{"number": 0, "created_at": ago(minutes=50)}])
    created = shelf.create()
    assert (created.item["number"], shelf.attempts) == (0, 0)
    assert (created.existed, created.is_response) == (True, False)


def test_an_older_object_may_belong_to_another_stack_and_is_rejected() -> None:
    shelf = Shelf(existing=[{"number": 0, "created_at": ago(minutes=70)}])
    with pytest.raises(
        AlreadyExists, match=r"Project `shop` already exists, and this stack did not create it\. Set it as"
    ):
        shelf.create()
    assert shelf.attempts == 0


def test_an_idempotent_request_is_repeated_until_there_is_a_response() -> None:
    shelf = Shelf(False, True)
    pauses: list[float] = []
    assert repeat_until_answered(shelf.post, sleep=pauses.append)["number"] == 3
    assert len(pauses) == 2


def test_an_idempotent_request_without_any_response_is_an_error() -> None:
    shelf = Shelf(*[False] * 9)
    with pytest.raises(AmbiguousOutcome):
        repeat_until_answered(shelf.post)
    assert shelf.attempts == creation.ATTEMPTS


def test_polling_returns_the_first_result() -> None:
    looks = iter([None, None, "ready"])
    assert poll_until(lambda: next(looks), "The database", 60, sleep=lambda _: None) == "ready"


def test_polling_ends_at_the_deadline() -> None:
    with pytest.raises(ApiError, match=r"The database took longer than 0 s\. Run `pulumi up` again later"):
        poll_until(lambda: None, "The database", 0, sleep=lambda _: None)


def test_the_delays_grow_and_are_bounded() -> None:
    looks, delays = iter([None] * 30 + ["ready"]), []  # type: ignore[var-annotated]
    poll_until(lambda: next(looks), "The database", 600, sleep=delays.append)
    assert delays == sorted(delays)
    assert delays[-1] <= 10
