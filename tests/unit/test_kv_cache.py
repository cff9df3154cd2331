"""`KvCache`: its resource inputs and its validation errors."""

from collections.abc import Callable
from typing import Any

import pulumi_random as random
import pytest
from pulumi import ResourceOptions

from edge_postgres.workers.kv_cache import KvCache
from tests.harness import Registration, deploy, rejected
from tests.unit.sound import ACCOUNT, changed, unknown

ANSWERS = "edge-postgres-dev-answers"
NAMESPACE = "cloudflare:index/workersKvNamespace:WorkersKvNamespace"


def cache(opts: ResourceOptions | None = None, **changes: Any) -> KvCache:
    return KvCache("answers", changed({"account_id": ACCOUNT}, changes), opts)  # type: ignore[arg-type]


def namespace(**changes: Any) -> Registration:
    return deploy(lambda: cache(**changes) and None).one(NAMESPACE)


def test_exactly_this_is_sent(preview: bool) -> None:
    run = deploy(lambda: cache() and None, preview=preview)
    assert run.one(NAMESPACE).inputs == {"accountId": ACCOUNT, "title": ANSWERS}


def test_a_title_and_a_jurisdiction_are_sent() -> None:
    sent = namespace(title="shop-prod-answers", jurisdiction="eu").inputs
    assert (sent["title"], sent["jurisdiction"]) == ("shop-prod-answers", "eu")


def test_an_unknown_title_is_accepted_in_a_preview() -> None:
    deploy(lambda: cache(title=unknown()) and None, preview=True)


def test_its_id_is_its_output() -> None:
    assert deploy(lambda: {"id": cache().namespace_id}).exports["id"].value == "answers-namespace-id"


def test_a_changed_jurisdiction_deletes_the_namespace_before_it_is_replaced() -> None:
    wire = namespace(jurisdiction="eu").wire
    assert list(wire.replaceOnChanges) == ["jurisdiction"]
    assert wire.deleteBeforeReplace


def test_a_cache_is_not_protected() -> None:
    assert not namespace().wire.protect


def test_the_namespace_depends_on_the_resources_of_depends_on() -> None:
    def program() -> None:
        first = random.RandomPet("first")
        cache(ResourceOptions(depends_on=[first]))

    (waits_for,) = deploy(program).one(NAMESPACE).wire.dependencies
    assert waits_for.endswith("::first")


def test_an_empty_title_is_rejected(given: Callable[[Any], Any]) -> None:
    with rejected("KvCache `answers`.title: must not be empty"):
        deploy(lambda: cache(title=given(" ")) and None)


def test_an_unknown_jurisdiction_is_rejected() -> None:
    with rejected("KvCache `answers`.jurisdiction: must be one of", "got `mars`", "`eu`, `fedramp`, `us`"):
        namespace(jurisdiction="mars")


def test_an_unknown_argument_is_rejected() -> None:
    with rejected("KvCache `answers`.titel: unknown argument", "Did you mean `title`?"):
        namespace(titel="x")


@pytest.mark.parametrize("omitted", ["title", "jurisdiction"])
def test_none_is_the_same_as_an_omitted_argument(omitted: str) -> None:
    assert namespace(**{omitted: None}).inputs == namespace().inputs
