"""What a Worker finds in its `env`."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.bindings import rendered_bindings
from components.limits.cloudflare import Plan
from tests.harness import Run, deploy, refusal
from tests.unit.sound import PASSWORD, URL

Given = Callable[[Any], Any]


def rendered(**groups: Any) -> Any:
    nothing: dict[str, Any] = {"hyperdrive": {}, "kv": {}, "variables": {}, "secrets": {}, "plan": Plan.PAID}
    return rendered_bindings("api", **{**nothing, **groups})


def deployed(preview: bool = False, **groups: Callable[[], Any]) -> Run:
    """A deployment that renders groups made inside of it, with the list as its export."""
    made = lambda: {"bindings": rendered(**{group: make() for group, make in groups.items()})}  # noqa: E731
    return deploy(made, preview=preview)


def bound(**groups: Any) -> Any:
    return deploy(lambda: {"bindings": rendered(**groups)}).exports["bindings"].value


# What is rendered.


def test_each_kind_is_rendered_as_the_api_takes_it(given: Given) -> None:
    export = deployed(
        hyperdrive=lambda: {"HYPERDRIVE": given("id-1")},
        kv=lambda: {"CACHE": given("id-2")},
        secrets=lambda: {"KEY": given("k")},
        variables=lambda: {"MODE": pulumi.Output.from_input("fast")},
    ).exports["bindings"]
    assert export.value == [
        {"name": "CACHE", "type": "kv_namespace", "namespace_id": "id-2"},
        {"name": "HYPERDRIVE", "type": "hyperdrive", "id": "id-1"},
        {"name": "KEY", "type": "secret_text", "text": "k"},
        {"name": "MODE", "type": "plain_text", "text": "fast"},
    ]


def test_nothing_bound_is_an_empty_list() -> None:
    assert bound() == []


def test_the_order_in_which_bindings_are_given_makes_no_difference() -> None:
    names = ["B", "A", "C", "_x", "$y", "a"]
    there = bound(variables=dict.fromkeys(names, "x"))
    back = bound(variables=dict.fromkeys(reversed(names), "x"))
    assert there == back
    assert [binding["name"] for binding in there] == sorted(names)


@pytest.mark.parametrize("name", ["HYPERDRIVE", "_x", "$", "a1", "camelCase"])
def test_a_javascript_name_is_a_name(name: str) -> None:
    assert bound(kv={name: "id"})[0]["name"] == name


@pytest.mark.parametrize(
    "text",
    ["", "production", "https://example.com:8080/path?x=y", "https://example.com/@scope/package", "a@b.example.com",
     "postgres://db.example.com:5432/app", "postgres://app@db.example.com/app", '{"limit": 5}',
     "the password is elsewhere"],
)  # fmt: skip
def test_a_plain_variable_without_a_password_is_taken(text: str) -> None:
    run = deployed(variables=lambda: {"VALUE": text})
    assert run.exports["bindings"].value[0]["text"] == text


@pytest.mark.parametrize(
    "name", ["TOKENS", "PASSWORD_MIN_LENGTH", "SECRETARY", "BYPASS", "KEY", "PUBLIC_KEY", "COMPASS"]
)
def test_a_plain_variable_may_have_a_name_that_resembles_a_secrets(name: str) -> None:
    assert bound(variables={name: "x"})[0]["type"] == "plain_text"


# What is refused.


@pytest.mark.parametrize("name", ["1A", "A-B", "A.B", "A B", "", "ä"])
@pytest.mark.parametrize(
    ("group", "called"), [("hyperdrive", "hyperdrive"), ("kv", "kv"), ("variables", "vars"), ("secrets", "secrets")]
)
def test_what_is_no_javascript_name_is_refused(group: str, called: str, name: str) -> None:
    with refusal(f"`api.{called}` has the name {name}, which is no JavaScript name"):
        rendered(**{group: {name: "x"}})


@pytest.mark.parametrize(
    ("one", "other", "called"),
    [("hyperdrive", "kv", "kv"), ("hyperdrive", "variables", "vars"), ("variables", "secrets", "secrets"),
     ("kv", "secrets", "secrets")],
)  # fmt: skip
def test_one_name_for_two_bindings_is_refused(one: str, other: str, called: str) -> None:
    with refusal(f"`api.{called}` has the name NAME, which", "has too", "Rename one of them."):
        rendered(**{one: {"NAME": "x"}, other: {"NAME": "y"}})


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "PASSWORD", "PGPASSWORD", "dbPassword", "DB_PASS", "DB_PWD", "PASSPHRASE", "CLIENT_SECRET",
     "clientSecret", "JWT_PRIVATE_KEY", "STRIPE_API_KEY", "apiKey", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"],
)  # fmt: skip
def test_a_plain_variable_with_the_name_of_a_secret_is_refused(name: str, given: Given, preview: bool) -> None:
    with refusal(f"`api.vars.{name}` has the name of a secret and is a plain variable", "one of the `secrets`"):
        deployed(preview, variables=lambda: {name: given("x")})


@pytest.mark.parametrize(
    "text",
    [
        URL,
        f"postgres://app:{PASSWORD}@db.example.com",
        f"postgres://app:a#{PASSWORD}@db.example.com/app",
        f"postgres://app:a/{PASSWORD}@db.example.com/app",
        f"postgres://app:a?{PASSWORD}@db.example.com/app",
        f"postgresql+asyncpg://app:[{PASSWORD}@db.example.com/app",
        f"redis://:{PASSWORD}@cache.example.com:6379",
        f"https://user:{PASSWORD}@example.com",
        f'{{"url": "{URL}"}}',
        f"jdbc:postgresql://db.example.com/app?user=app&password={PASSWORD}",
        f"host=db.example.com user=app password={PASSWORD}",
        f"host=db.example.com password = '{PASSWORD}'",
    ],
)
@pytest.mark.parametrize("wrap", [str, pulumi.Output.from_input])
def test_a_plain_variable_with_a_password_in_it_is_refused_and_not_shown(wrap: Any, text: str, preview: bool) -> None:
    with pytest.raises(pulumi.RunError, match=r"`api.vars.LINK` holds a password") as refused:
        deployed(preview, variables=lambda: {"LINK": wrap(text)})
    assert PASSWORD not in str(refused.value)


def test_a_secret_among_the_plain_variables_is_refused_and_not_shown(preview: bool) -> None:
    with pytest.raises(pulumi.RunError, match=r"`api.vars.GREETING` is a secret and a plain variable") as refused:
        deployed(preview, variables=lambda: {"GREETING": pulumi.Output.secret(PASSWORD)})
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(("plan", "ceiling"), [(Plan.FREE, 64), (Plan.PAID, 128)])
def test_more_variables_than_the_plan_allows_are_refused(plan: Plan, ceiling: int) -> None:
    variables = {f"V{number}": "x" for number in range(ceiling)}
    assert len(bound(variables=variables, plan=plan)) == ceiling
    with refusal(f"`api.vars` and `secrets` are {ceiling + 1}", f"the {plan.value} plan has at most {ceiling}"):
        rendered(variables=variables, secrets={"ONE_MORE": "x"}, plan=plan)


def test_bindings_to_other_things_do_not_count_as_variables() -> None:
    variables = {f"V{number}": "x" for number in range(64)}
    assert len(bound(variables=variables, kv={"KV": "id"}, hyperdrive={"HD": "id"}, plan=Plan.FREE)) == 66


@pytest.mark.parametrize(("group", "called"), [("variables", "vars"), ("secrets", "secrets")])
def test_a_value_that_is_too_large_is_refused_and_not_shown(group: str, called: str, preview: bool) -> None:
    assert bound(**{group: {"BIG": "x" * 5120}})[0]["text"] == "x" * 5120
    with pytest.raises(pulumi.RunError, match=f"`api.{called}.BIG` has 5122 bytes; a variable holds 5120") as refused:
        deployed(preview, **{group: lambda: {"BIG": pulumi.Output.from_input("ü" * 2561)}})
    assert "ü" not in str(refused.value)


@pytest.mark.parametrize(("group", "called"), [("variables", "vars"), ("secrets", "secrets")])
@pytest.mark.parametrize("value", [5, True, ["x"]])
def test_a_value_that_is_no_text_is_refused_and_not_shown(group: str, called: str, value: Any, preview: bool) -> None:
    with refusal(f"`api.{called}.MAX` is no text. Write it in quotes"):
        deployed(preview, **{group: lambda: {"MAX": value}})
