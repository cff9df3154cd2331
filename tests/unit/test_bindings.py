"""The bindings in the `env` of a Worker."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import KINDS, RESERVED_NAMES
from edge_postgres.workers.bindings.render import render_bindings
from edge_postgres.workers.database_variables import DatabaseVariables
from tests.harness import Run, deploy, rejected
from tests.unit.sound import PASSWORD, URL

Given = Callable[[Any], Any]


def rendered(plan: Any = Plan.PAID, **groups: Any) -> Any:
    return render_bindings(groups, plan, subject="api")


def deployed(preview: Any = False, **groups: Any) -> Run:
    """Deploys a program that creates and renders the groups. The export is the list of bindings."""
    program = lambda: {"bindings": rendered(**{group: create() for group, create in groups.items()})}  # noqa: E731
    return deploy(program, preview=preview)


def bound(**groups: Any) -> Any:
    return deploy(lambda: {"bindings": rendered(**groups)}).exports["bindings"].value


# Rendered bindings.


def test_bindings_are_rendered_as_the_api_expects_them(given: Given) -> None:
    export = deployed(
        hyperdrive=lambda: {"HYPERDRIVE": given("id-1")},
        kv=lambda: {"CACHE": given("id-2")},
        secrets=lambda: {"KEY": given("k")},
        vars=lambda: {"MODE": pulumi.Output.from_input("fast")},
    ).exports["bindings"]
    assert export.value == [
        {"name": "CACHE", "type": "kv_namespace", "namespace_id": "id-2"},
        {"name": "HYPERDRIVE", "type": "hyperdrive", "id": "id-1"},
        {"name": "KEY", "type": "secret_text", "text": "k"},
        {"name": "MODE", "type": "plain_text", "text": "fast"},
    ]


EACH: dict[str, tuple[Any, dict[str, Any]]] = {
    "hyperdrive": ("id", {"type": "hyperdrive", "id": "id"}),
    "kv": ("id", {"type": "kv_namespace", "namespace_id": "id"}),
    "r2": ("bucket", {"type": "r2_bucket", "bucket_name": "bucket"}),
    "d1": ("id", {"type": "d1", "id": "id"}),
    "queues": ("queue", {"type": "queue", "queue_name": "queue"}),
    "services": ("auth", {"type": "service", "service": "auth"}),
    "durable_objects": (
        {"class_name": "Room", "script_name": "rooms"},
        {"type": "durable_object_namespace", "class_name": "Room", "script_name": "rooms"},
    ),
    "vars": ("fast", {"type": "plain_text", "text": "fast"}),
    "secrets": ("k", {"type": "secret_text", "text": "k"}),
    "json": ('{"a": 1}', {"type": "json", "json": '{"a": 1}'}),
    "rate_limits": (
        {"namespace_id": "1001", "limit": 100.0, "period_seconds": 60.0},
        {"type": "ratelimit", "namespace_id": "1001", "simple": {"limit": 100, "period": 60}},
    ),
    "secrets_store": (
        {"store_id": "store", "secret_name": "stripe"},
        {"type": "secrets_store_secret", "store_id": "store", "secret_name": "stripe"},
    ),
    "workflows": (
        {"class_name": "Orders", "workflow_name": "orders"},
        {"type": "workflow", "class_name": "Orders", "workflow_name": "orders"},
    ),
    "vpc_services": ("id", {"type": "vpc_service", "service_id": "id"}),
    "mtls_certificates": ("id", {"type": "mtls_certificate", "certificate_id": "id"}),
    "ai": (None, {"type": "ai"}),
    "version_metadata": (None, {"type": "version_metadata"}),
}


def test_every_kind_of_the_table_is_tested() -> None:
    assert set(EACH) == {kind.argument for kind in KINDS}


@pytest.mark.parametrize("argument", EACH)
def test_a_kind_is_rendered_as_the_api_expects_it(argument: str) -> None:
    value, sent = EACH[argument]
    assert bound(**{argument: {"NAME": value} if value else "NAME"}) == [{"name": "NAME", **sent}]


@pytest.mark.parametrize("argument", ["rate_limits", "durable_objects", "json"])
def test_the_fields_of_a_value_may_be_outputs(argument: str) -> None:
    value, sent = EACH[argument]
    later = pulumi.Output.from_input
    create = lambda: {  # noqa: E731
        "NAME": {key: later(field) for key, field in value.items()} if isinstance(value, dict) else later(value)
    }
    assert deployed(**{argument: create}).exports["bindings"].value == [{"name": "NAME", **sent}]


def test_a_durable_object_of_the_same_script_has_no_script_name() -> None:
    (binding,) = bound(durable_objects={"ROOM": {"class_name": "Room"}})
    assert binding == {"name": "ROOM", "type": "durable_object_namespace", "class_name": "Room"}


def test_another_kind_is_passed_on_unchanged() -> None:
    (binding,) = bound(other_bindings={"INDEX": {"type": "vectorize", "index_name": "docs"}})
    assert binding == {"name": "INDEX", "type": "vectorize", "index_name": "docs"}


@pytest.mark.parametrize(("field", "key"), [("key_base64", "k"), ("key_jwk", '{"kty": "oct"}')])
def test_the_key_in_another_kind_of_binding_is_a_secret(field: str, key: str) -> None:
    def program() -> dict[str, Any]:
        (binding,) = rendered(other_bindings={"SIGN": {"type": "secret_key", "format": "raw", field: key}})
        return {"key": binding[field], "format": binding["format"]}

    exports = deploy(program).exports
    assert (exports["key"].secret, exports["key"].value, exports["format"].secret) == (True, key, False)


def test_static_assets_are_bound_under_their_name() -> None:
    assert bound(assets={"directory": "dist", "binding": "ASSETS"}) == [{"name": "ASSETS", "type": "assets"}]


def test_the_variables_of_a_direct_connection_are_bound() -> None:
    direct = {"direct": DatabaseVariables(plain={"DB_HOST": "h"}, secret={"DB_PASSWORD": "p"})}

    def program() -> dict[str, Any]:
        host, password = render_bindings({}, Plan.PAID, direct, subject="api")
        return {"host": host["text"], "kind": host["type"], "password": password["text"]}

    exports = deploy(program).exports
    assert (exports["host"].value, exports["kind"].value) == ("h", "plain_text")
    assert (exports["password"].value, exports["password"].secret) == ("p", True)


def test_a_worker_without_bindings_has_an_empty_list() -> None:
    assert bound() == []


def test_the_order_of_bindings_in_the_arguments_does_not_matter() -> None:
    names = ["B", "A", "C", "_x", "$y", "a"]
    forwards = bound(vars=dict.fromkeys(names, "x"))
    backwards = bound(vars=dict.fromkeys(reversed(names), "x"))
    assert forwards == backwards
    assert [binding["name"] for binding in forwards] == sorted(names)


@pytest.mark.parametrize("name", ["HYPERDRIVE", "_x", "$", "a1", "camelCase"])
def test_a_javascript_name_is_accepted(name: str) -> None:
    assert bound(kv={name: "id"})[0]["name"] == name


@pytest.mark.parametrize(
    "text",
    ["", "production", "https://example.com:8080/path?x=y", "https://example.com/@scope/package", "a@b.example.com",
     "postgres://db.example.com:5432/app", "postgres://app@db.example.com/app", '{"limit": 5}',
     "the password is elsewhere"],
)  # fmt: skip
def test_a_plain_variable_without_a_password_is_accepted(text: str) -> None:
    run = deployed(vars=lambda: {"VALUE": text})
    assert run.exports["bindings"].value[0]["text"] == text


@pytest.mark.parametrize(
    "name", ["TOKENS", "PASSWORD_MIN_LENGTH", "SECRETARY", "BYPASS", "KEY", "PUBLIC_KEY", "COMPASS"]
)
def test_a_plain_variable_may_have_a_name_that_resembles_the_name_of_a_secret(name: str) -> None:
    assert bound(vars={name: "x"})[0]["type"] == "plain_text"


# Rejected bindings.


@pytest.mark.parametrize("name", ["1A", "A-B", "A.B", "A B", "", "ä"])
@pytest.mark.parametrize("group", ["hyperdrive", "other_bindings"])
def test_a_name_that_is_not_a_javascript_name_is_rejected(group: str, name: str) -> None:
    with rejected(f"api.{group}: must have JavaScript names, got {name}."):
        rendered(**{group: {name: "x"}})


@pytest.mark.parametrize(
    ("one", "other"),
    [("hyperdrive", "kv"), ("hyperdrive", "vars"), ("vars", "secrets"), ("kv", "json"), ("d1", "other_bindings")],
)
def test_one_name_for_two_bindings_is_rejected(one: str, other: str) -> None:
    with rejected(
        f"api.{other}: must have unique names, got NAME, which `{one}` has too", "Rename one of the two bindings."
    ):
        rendered(**{one: {"NAME": "x"}, other: {"NAME": "y"}})


@pytest.mark.parametrize("single", ["ai", "version_metadata"])
def test_a_single_binding_needs_a_unique_name_too(single: str) -> None:
    with rejected(f"api.{single}: must have unique names, got NAME, which `kv` has too"):
        rendered(**{"kv": {"NAME": "x"}, single: "NAME"})


def test_static_assets_need_a_unique_name_too() -> None:
    with rejected("api.assets: must have unique names, got ASSETS, which `kv` has too"):
        rendered(kv={"ASSETS": "x"}, assets={"directory": "dist", "binding": "ASSETS"})


def test_variables_of_a_direct_connection_need_unique_names_too() -> None:
    with rejected("api.direct: must have unique names, got DB_URL, which `secrets` has too"):
        render_bindings(
            {"secrets": {"DB_URL": "x"}},
            Plan.PAID,
            {"direct": DatabaseVariables(secret={"DB_URL": "y"})},
            subject="api",
        )


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_a_reserved_name_is_rejected(name: str) -> None:
    with rejected(f"api.kv: has the reserved name {name} (", "Rename the binding."):
        rendered(kv={name: "id"})


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "PASSWORD", "PGPASSWORD", "dbPassword", "DB_PASS", "DB_PWD", "PASSPHRASE", "CLIENT_SECRET",
     "clientSecret", "JWT_PRIVATE_KEY", "STRIPE_API_KEY", "apiKey", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"],
)  # fmt: skip
def test_a_plain_variable_with_the_name_of_a_secret_is_rejected(name: str, given: Given, preview: bool) -> None:
    with rejected(f"api.vars.{name}: must not have the name of a secret", "Move it to `secrets`."):
        deployed(preview, vars=lambda: {name: given("x")})


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
def test_a_plain_variable_with_a_password_in_it_is_rejected_and_not_shown(wrap: Any, text: str, preview: bool) -> None:
    with pytest.raises(pulumi.RunError, match=r"api.vars.LINK: must not contain a password") as error:
        deployed(preview, vars=lambda: {"LINK": wrap(text)})
    assert PASSWORD not in str(error.value)


def test_a_secret_among_the_plain_variables_is_rejected_and_not_shown(preview: bool) -> None:
    with pytest.raises(pulumi.RunError, match=r"api.vars.GREETING: must not be a secret") as error:
        deployed(preview, vars=lambda: {"GREETING": pulumi.Output.secret(PASSWORD)})
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize(("plan", "ceiling"), [(Plan.FREE, 64), (Plan.PAID, 128)])
def test_more_variables_than_the_plan_allows_are_rejected(plan: Plan, ceiling: int) -> None:
    variables = {f"V{number}": "x" for number in range(ceiling)}
    assert len(bound(vars=variables, plan=plan)) == ceiling
    with rejected(
        f"api.vars: must have at most {ceiling} variables on the {plan.value} plan, including `secrets`, ",
        f"got {ceiling + 1}",
    ):
        rendered(vars=variables, secrets={"ONE_MORE": "x"}, plan=plan)


def test_bindings_of_other_kinds_do_not_count_as_variables() -> None:
    variables = {f"V{number}": "x" for number in range(64)}
    assert len(bound(vars=variables, kv={"KV": "id"}, hyperdrive={"HD": "id"}, plan=Plan.FREE)) == 66


@pytest.mark.parametrize("group", ["vars", "secrets"])
def test_a_value_that_is_too_large_is_rejected_and_not_shown(group: str, preview: bool) -> None:
    assert bound(**{group: {"BIG": "x" * 5120}})[0]["text"] == "x" * 5120
    with pytest.raises(pulumi.RunError, match=f"api.{group}.BIG: must have at most 5120 bytes, got 5122") as error:
        deployed(preview, **{group: lambda: {"BIG": pulumi.Output.from_input("ü" * 2561)}})
    assert "ü" not in str(error.value)


@pytest.mark.parametrize("group", ["vars", "secrets"])
@pytest.mark.parametrize("value", [5, True, ["x"], None])
def test_a_value_that_is_not_a_string_is_rejected_and_not_shown(group: str, value: Any, preview: bool) -> None:
    with rejected(f"api.{group}.MAX: must be a string. Set a string, and parse it in the Worker."):
        deployed(preview, **{group: lambda: {"MAX": value}})


@pytest.mark.parametrize("value", ["", None, 5])
def test_an_invalid_id_is_rejected(value: Any) -> None:
    with rejected("api.r2.FILES: must ", "Set the ID or the name"):
        rendered(r2={"FILES": value})


def test_an_output_with_an_empty_id_is_rejected() -> None:
    with rejected("api.kv.CACHE: must not be empty"):
        deployed(kv=lambda: {"CACHE": pulumi.Output.from_input("")})


def test_a_variable_with_invalid_json_is_rejected_and_not_shown() -> None:
    with pytest.raises(pulumi.RunError, match=r"api.json.FLAGS: must be JSON") as error:
        rendered(json={"FLAGS": "{beta: true}"})
    assert "beta" not in str(error.value)


def test_a_json_variable_with_a_password_in_it_is_rejected() -> None:
    with rejected("api.json.FLAGS: must not contain a password"):
        rendered(json={"FLAGS": f'{{"url": "{URL}"}}'})


def test_json_variables_count_as_variables() -> None:
    with rejected("api.vars: must have at most 64 variables on the free plan, including `secrets`, got 65"):
        rendered(Plan.FREE, json={f"V{number}": "1" for number in range(65)})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"period_seconds": 30}, "api.rate_limits.CALLS.period_seconds: must be one of 10, 60, got 30"),
        ({"limit": 0}, "api.rate_limits.CALLS.limit: must be at least 1, got 0."),
        ({"limit": 1.5}, "api.rate_limits.CALLS.limit: must be an integer, got 1.5."),
        ({"namespace_id": "calls"}, "api.rate_limits.CALLS.namespace_id: must be a positive integer as a string"),
        ({"window": 60}, "api.rate_limits.CALLS.window: unknown argument"),
    ],
)
def test_an_invalid_rate_limit_is_rejected(changes: dict[str, Any], words: str) -> None:
    with rejected(words):
        rendered(rate_limits={"CALLS": {"namespace_id": "1", "limit": 1, "period_seconds": 10, **changes}})


def test_a_value_without_a_required_field_is_rejected() -> None:
    with rejected("api.secrets_store.KEY.secret_name: is required"):
        rendered(secrets_store={"KEY": {"store_id": "x"}})


@pytest.mark.parametrize("fields", [{}, {"type": ""}, {"type": 5}, "vectorize"])
def test_another_kind_of_binding_without_a_type_is_rejected(fields: Any) -> None:
    with rejected("api.other_bindings.INDEX.type: is required"):
        rendered(other_bindings={"INDEX": fields})


@pytest.mark.parametrize(
    ("fields", "argument"),
    [({"type": "plain_text", "text": URL}, "vars"), ({"type": "hyperdrive", "id": "x"}, "hyperdrive"),
     ({"type": "service", "service": "auth"}, "services"), ({"type": "ai"}, "ai")],
)  # fmt: skip
def test_another_kind_of_binding_that_has_its_own_argument_is_rejected(fields: Any, argument: str) -> None:
    with pytest.raises(pulumi.RunError, match=f"Use `{argument}`") as error:
        rendered(other_bindings={"X": fields})
    assert PASSWORD not in str(error.value)


@pytest.mark.parametrize(
    "fields",
    [{"type": "service", "service": "auth", "entrypoint": "Admin"},
     {"type": "r2_bucket", "bucket_name": "files", "jurisdiction": "eu"}],
)  # fmt: skip
def test_another_kind_of_binding_may_have_a_field_that_its_own_argument_lacks(fields: Any) -> None:
    assert bound(other_bindings={"X": fields}) == [{"name": "X", **fields}]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"type": "queue", "queue_name": "jobs", "delivery_delay": 60},
            "api.other_bindings.X.type: must not be queue",
        ),
        (
            {"type": "service", "service": "auth", "entrypoint": "Admin", "props": {}},
            "api.other_bindings.X.props: is unknown to the provider",
        ),
        ({"type": "vectorise"}, "api.other_bindings.X.type: must be one of `ai`, "),
        (
            {"type": "secret_key", "algorithm": "HMAC", "key_base64": PASSWORD},
            "api.other_bindings.X.algorithm: must be a string with JSON",
        ),
        (
            {"type": "browser", "simple": {"limit": 1, "period": 10, "limits": 2}},
            "api.other_bindings.X.simple.limits: is unknown to the provider, which drops it",
        ),
    ],
)
def test_a_binding_that_cloudflares_provider_rejects_or_drops_is_rejected(fields: Any, problem: str) -> None:
    with pytest.raises(pulumi.RunError) as error:
        rendered(other_bindings={"X": fields})
    assert problem in str(error.value)
    assert PASSWORD not in str(error.value)


def test_a_binding_may_have_a_field_whose_value_is_computed_later() -> None:
    algorithm = '{"name": "HMAC"}'

    def program() -> dict[str, Any]:
        fields = {"type": "secret_key", "algorithm": pulumi.Output.from_input(algorithm)}
        (binding,) = rendered(other_bindings={"X": fields})
        return dict(binding)

    assert deploy(program).exports["algorithm"].value == algorithm


def test_another_kind_of_binding_with_a_second_name_is_rejected() -> None:
    with rejected("api.other_bindings.X.name: cannot be combined with the key of the map"):
        rendered(other_bindings={"X": {"type": "browser", "name": "Y"}})


def test_an_inherited_binding_is_rejected() -> None:
    with rejected(
        "api.other_bindings.X.type: must not be inherit, because Cloudflare omits the binding without an error"
    ):
        rendered(other_bindings={"X": {"type": "inherit"}})


def test_static_assets_among_the_other_kinds_are_rejected() -> None:
    with rejected("api.other_bindings.X.type: must not be assets", "`assets`"):
        rendered(other_bindings={"X": {"type": "assets"}})
