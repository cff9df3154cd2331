"""One thing is made once, whatever becomes of the answers; and waiting ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_postgres.http import creation
from edge_postgres.http.creation import Creation, create_or_adopt, poll_until, repeat_until_answered
from edge_postgres.http.errors import AlreadyExists, AmbiguousOutcome, ApiError


class Shelf:
    """Where things are made; ``lost`` says of each attempt whether it is carried out before its answer is lost."""

    def __init__(self, *lost: bool, there: list[Any] | None = None) -> None:
        self.things, self.lost, self.attempts = there or [], list(lost), 0

    def find(self) -> Any:
        return self.things[0] if self.things else None

    def make(self) -> Any:
        self.attempts += 1
        if not self.lost:
            self.things.append({"made": self.attempts, "created_at": ago(seconds=0)})
            return self.things[-1]
        if self.lost.pop(0):
            self.things.append({"made": self.attempts, "created_at": ago(seconds=0)})
        raise AmbiguousOutcome("Neon gave no answer to POST /projects (timed out); it may have been carried out.")

    def create(self) -> Creation[Any]:
        return create_or_adopt(
            "Project `shop`",
            find=self.find,
            create=self.make,
            created_at=lambda thing: thing["created_at"],
            fix="State it as `project: {existing: …}`, or delete it.",
        )


def ago(**age: float) -> str:
    return (datetime.now(UTC) - timedelta(**age)).isoformat().replace("+00:00", "Z")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "POLL_SECONDS", 0)


def test_it_is_made() -> None:
    shelf = Shelf()
    assert (shelf.create().item["made"], len(shelf.things)) == (1, 1)


def test_it_is_found_again_where_only_the_answer_was_lost() -> None:
    shelf = Shelf(True)
    assert (shelf.create().item["made"], shelf.attempts, len(shelf.things)) == (1, 1, 1)


def test_it_is_made_again_where_the_request_was_lost() -> None:
    shelf = Shelf(False, False)
    assert (shelf.create().item["made"], len(shelf.things)) == (3, 1)


def test_it_gives_up_with_the_reason() -> None:
    shelf = Shelf(*[False] * 9)
    with pytest.raises(AmbiguousOutcome):
        shelf.create()
    assert shelf.attempts == creation.ATTEMPTS


def test_what_a_create_left_that_was_cut_short_is_taken_up() -> None:
    shelf = Shelf(there=[{"made": 0, "created_at": ago(minutes=50)}])
    assert (shelf.create().item["made"], shelf.attempts) == (0, 0)


def test_what_is_older_may_be_somebodys_and_is_rejected() -> None:
    shelf = Shelf(there=[{"made": 0, "created_at": ago(minutes=70)}])
    with pytest.raises(AlreadyExists, match=r"Project `shop` already exists, and this stack did not create it\. State"):
        shelf.create()
    assert shelf.attempts == 0


def test_waiting_ends_with_what_came() -> None:
    looks = iter([None, None, "ready"])
    assert poll_until(lambda: next(looks), "The database", 60, sleep=lambda _: None) == "ready"


def test_waiting_ends_at_the_deadline() -> None:
    with pytest.raises(ApiError, match=r"The database took longer than 0 s\. Run `pulumi up` again later"):
        poll_until(lambda: None, "The database", 0, sleep=lambda _: None)


def test_the_pauses_grow_and_stay_below_the_deadline() -> None:
    looks, pauses = iter([None] * 30 + ["ready"]), []  # type: ignore[var-annotated]
    poll_until(lambda: next(looks), "The database", 600, sleep=pauses.append)
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 10
