"""The rules of the policy pack: sound resources pass each rule, and every breach violates its rule."""

import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from edge_postgres.policies import tokens
from edge_postgres.policies.declared import UNKNOWN, Resource, to_plain
from edge_postgres.policies.pack import POLICIES
from edge_postgres.policies.rule import ResourceRule
from edge_postgres.policies.rules import RULES
from tests.unit.policy_cases import BREACHES, OPTIONS, SOUND, STACK, Breach, Made, Ref, changed, login

RULE = {rule.name: rule for rule in RULES}
EVERYWHERE = {"production": ["*"]}
BY_NAME = {made.name: made for made in SOUND}


def messages_of(
    rule: str, made: Made, stack: str = STACK, options: Mapping[str, Any] | None = None, *others: Made
) -> list[str]:
    """The messages of one rule about one resource. The other resources are part of the stack."""
    found, around = RULE[rule], {**BY_NAME, **{other.name: other for other in others}}
    config = {**EVERYWHERE, **OPTIONS.get(rule, {}), **(options or {})}
    resource = made.on(stack, around)
    if isinstance(found, ResourceRule):
        return list(found.violations(resource, config))
    stack_wide = [other.on(stack, around) for other in around.values() if other.name != made.name]
    return [message for urn, message in found.violations([resource, *stack_wide], config) if urn == resource.urn]


def all_messages(resource: Resource) -> list[str]:
    """The messages of all rules about a resource in a stack of sound resources."""
    others = [made.on(STACK, BY_NAME) for made in SOUND if made.name != resource.name]
    messages: list[str] = []
    for rule in RULES:
        config = {**EVERYWHERE, **OPTIONS.get(rule.name, {})}
        if isinstance(rule, ResourceRule):
            messages += rule.violations(resource, config)
        else:
            messages += [message for _, message in rule.violations([resource, *others], config)]
    return messages


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value, including objects and lists."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield (*at, key)
        yield from paths(item, (*at, key))


def replaced(resource: Resource, path: tuple[Any, ...], value: Any) -> Resource:
    properties = deepcopy(dict(resource.properties))
    place: Any = properties
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return Resource(**{**vars(resource), "properties": properties})


def shown(breach: Breach) -> str:
    return f"{breach.rule} {breach.type.rsplit(':', 1)[-1]}"


@pytest.mark.parametrize("breach", BREACHES, ids=shown)
def test_a_breach_is_reported_with_the_fix(breach: Breach) -> None:
    (message,) = messages_of(breach.rule, breach.made("breach"), breach.stack)
    assert breach.says in message
    assert message.endswith(f". {RULE[breach.rule].fix}")


@pytest.mark.parametrize("rule", RULE)
def test_sound_resources_pass_the_rule(rule: str) -> None:
    assert [message for made in SOUND for message in messages_of(rule, made)] == []


def test_every_rule_and_each_of_its_types_has_a_case() -> None:
    assert {breach.rule for breach in BREACHES} == set(RULE)
    assert {made.type for made in SOUND} >= {breach.type for breach in BREACHES}


@pytest.mark.parametrize("made", SOUND, ids=lambda made: made.name)
def test_an_unknown_value_is_never_rejected(made: Made) -> None:
    resource = made.on(STACK, BY_NAME)
    for path in paths(resource.properties):
        assert all_messages(replaced(resource, path, UNKNOWN)) == [], path


@pytest.mark.parametrize("odd", [None, "", "odd", 0, -1.5, True, [], [None], {}, {"odd": None}], ids=repr)
@pytest.mark.parametrize("made", SOUND, ids=lambda made: made.name)
def test_a_value_of_another_type_stops_no_rule(made: Made, odd: Any) -> None:
    resource = made.on(STACK, BY_NAME)
    for path in paths(resource.properties):
        all_messages(replaced(resource, path, odd))


@pytest.mark.parametrize("breach", BREACHES, ids=shown)
def test_no_message_shows_a_possible_secret(breach: Breach) -> None:
    """A connection string and its host may be secrets."""
    for message in messages_of(breach.rule, breach.made("breach"), breach.stack):
        assert [
            secret for secret in ("hunter2", "s3cret", "ep-cool-name", "full.example.com") if secret in message
        ] == []


def test_an_unknown_value_of_the_sdk_is_converted() -> None:
    given = {"origin": {"host": UNKNOWN_STRING_VALUE, "port": 5432.0}, "list": [UNKNOWN_STRING_VALUE, "a"]}
    assert to_plain(unknown_checking_proxy(given)) == {
        "origin": {"host": UNKNOWN, "port": 5432.0},
        "list": [UNKNOWN, "a"],
    }


@pytest.mark.parametrize("rule", [rule.name for rule in RULES if rule.production_only])
def test_the_stack_name_and_the_configuration_define_production(rule: str) -> None:
    breach = next(breach for breach in BREACHES if breach.rule == rule)
    assert messages_of(rule, breach.made("breach"), "prod-eu", {"production": ["prod", "prod-*"]}) != []
    assert messages_of(rule, breach.made("breach"), "staging", {"production": ["prod", "prod-*"]}) == []
    assert list(RULE[rule].with_defaults({})["production"]) == ["prod", "prod-*", "production"]


def test_the_maximum_of_a_limit_is_that_of_the_plan_or_the_configured_ceiling() -> None:
    large = Breach("", tokens.HYPERDRIVE, {"originConnectionLimit": 40}, "").made("large")
    assert "must be at most 20, got" in messages_of("hyperdrive-limit-required", large, options={"plan": "free"})[0]
    assert messages_of("hyperdrive-limit-required", large, options={"plan": "free", "ceiling": 50}) == []


def hyperdrives(**limits: int) -> list[Made]:
    """One Hyperdrive configuration for each limit, all with the same database."""
    return [
        Breach("", tokens.HYPERDRIVE, {"origin.host": "full.example.com", "originConnectionLimit": limit}, "").made(
            name
        )
        for name, limit in limits.items()
    ]


def test_the_limits_of_one_database_are_added_up() -> None:
    first, second = hyperdrives(a=14, b=14)
    assert messages_of("hyperdrive-within-budget", first) == []
    (message,) = messages_of("hyperdrive-within-budget", first, STACK, None, second)
    assert message.startswith("originConnectionLimit: must be at most 27, got 28 (the database accepts")
    assert "The number is the sum of a, b, which have the same database." in message


def test_servers_behind_one_forwarding_host_are_distinguished_by_port() -> None:
    first, full = hyperdrives(a=14, b=28)
    first.properties["origin"]["port"] = 5433
    assert messages_of("hyperdrive-within-budget", first, STACK, None, full) == []
    assert messages_of("hyperdrive-within-budget", full, STACK, None, first) != []


def test_reserved_connections_and_the_default_maximum_can_be_configured() -> None:
    (only,) = hyperdrives(a=25)
    assert messages_of("hyperdrive-within-budget", only, options={"reservedConnections": 10}) != []
    assert messages_of("hyperdrive-within-budget", only, options={"maxConnections": {}}) == []
    assert (
        messages_of("hyperdrive-within-budget", only, options={"maxConnections": {}, "defaultMaxConnections": 20}) != []
    )


def test_a_vpc_service_has_a_budget_and_no_tls_rules() -> None:
    through = {"origin.host": None, "origin.port": None, "origin.serviceId": "vpc-1", "mtls": None}
    config = Breach("", tokens.HYPERDRIVE, through, "").made("private")
    assert messages_of("hyperdrive-within-budget", config, options={"maxConnections": {"vpc-1": 20}}) != []
    assert messages_of("tls-required", config) == messages_of("tls-verified", config) == []


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("hyperdrive-unpooled-host", {"except": ["breach"]}),
        ("hyperdrive-fixed-password", {"except": ["br*"]}),
        ("node-compatibility", {"except": ["breach"]}),
        ("no-password-in-plain", {"except": ["URL", "CONFIG", "DB_*"]}),
        ("public-database-guarded", {"securityGroups": ["sg-1"]}),
        ("no-open-ranges", {"except": ["br*"]}),
        ("database-backed-up", {"days": 1}),
        ("tags-required", {"required": []}),
    ],
)
def test_an_exception_can_be_configured(rule: str, options: dict[str, Any]) -> None:
    breach = next(breach for breach in BREACHES if breach.rule == rule)
    assert messages_of(rule, breach.made("breach"), breach.stack) != []
    assert messages_of(rule, breach.made("breach"), breach.stack, options) == []


def test_a_worker_without_a_database_may_have_any_date() -> None:
    plain_worker = {
        "bindings": [{"type": "plain_text", "name": "LEVEL", "text": "info"}],
        "compatibilityDate": "2022-01-01",
    }
    assert messages_of("node-compatibility", Breach("", tokens.SCRIPT, plain_worker, "").made("plain")) == []
    direct = changed(plain_worker, {"bindings": [{"type": "secret_text", "name": "DB_URL", "text": "postgres://…"}]})
    assert messages_of("node-compatibility", Breach("", tokens.SCRIPT, direct, "").made("direct")) != []


@pytest.mark.parametrize("user", ["app_owner_a", UNKNOWN], ids=["another role", "unknown"])
def test_a_role_that_is_not_the_master_user_may_use_a_managed_database(user: Any) -> None:
    database = {"origin.host": Ref("managed-instance"), "origin.user": user}
    config = Breach("", tokens.HYPERDRIVE, database, "").made("shop")
    assert messages_of("hyperdrive-own-role", config) == messages_of("hyperdrive-fixed-password", config) == []


SYNCHRONISED = Breach("", tokens.HYPERDRIVE, login(Ref("synchronised-instance")), "").made("shop")


def test_a_password_that_aws_rotates_passes_if_the_origin_names_a_job() -> None:
    """The stack has another managed database without a job, which is rejected."""
    assert messages_of("hyperdrive-fixed-password", SYNCHRONISED) == []


@pytest.mark.parametrize("kind", ["RdsPostgres", "ExistingPostgres"])
def test_only_a_component_with_the_job_and_the_same_host_lets_a_rotating_password_pass(kind: str) -> None:
    job = {"host": "synchronised.example.com", "rotation_sync": "rotation.yml"}

    def rejected(token: str, properties: dict[str, Any]) -> bool:
        origin = Made("synchronised-origin", token, properties)
        return messages_of("hyperdrive-fixed-password", SYNCHRONISED, STACK, None, origin) != []

    assert not rejected(f"{tokens.COMPONENTS}{kind}", job)
    assert rejected(f"{tokens.COMPONENTS}{kind}", changed(job, {"rotation_sync": None}))
    assert rejected(f"{tokens.COMPONENTS}{kind}", changed(job, {"host": "other.example.com"}))
    assert rejected("other:index:Component", job)


def test_a_host_that_is_not_known_yet_passes_if_an_origin_names_a_job() -> None:
    new = Made("synchronised-origin", f"{tokens.COMPONENTS}RdsPostgres", {"host": UNKNOWN, "rotation_sync": "job"})
    assert messages_of("hyperdrive-fixed-password", SYNCHRONISED, STACK, None, new) == []
    none = Made("synchronised-origin", f"{tokens.COMPONENTS}RdsPostgres", {"host": UNKNOWN})
    assert messages_of("hyperdrive-fixed-password", SYNCHRONISED, STACK, None, none) != []


def test_verify_ca_is_enough_for_an_ip_address() -> None:
    address = {"origin.host": "192.0.2.1", "mtls.sslmode": "verify-ca"}
    assert messages_of("tls-verified", Breach("", tokens.HYPERDRIVE, address, "").made("address")) == []


def test_the_default_tags_of_a_provider_count() -> None:
    bare = Breach("", tokens.RDS_INSTANCE, {"tags": None}, "").made("bare").on(STACK, BY_NAME)
    given = Resource(**{**vars(bare), "provider": {"defaultTags": '{"tags": {"team": "shop"}}'}})
    (rule,) = (rule for rule in RULES if rule.name == "tags-required" and isinstance(rule, ResourceRule))
    assert list(rule.violations(bare, OPTIONS[rule.name])) != []
    assert list(rule.violations(given, OPTIONS[rule.name])) == []


def test_the_pack_has_every_rule_with_its_level_and_its_fix() -> None:
    assert [(policy.name, policy.enforcement_level, policy.remediation_steps) for policy in POLICIES] == [
        (rule.name, rule.level, rule.fix) for rule in RULES
    ]
    advisory = {rule.name for rule in RULES if rule.level is EnforcementLevel.ADVISORY}
    assert advisory == {"hyperdrive-own-role", "tls-verified", "observability-on", "tags-required"}


def test_no_module_of_the_pack_hides_a_standard_module() -> None:
    """The engine runs the pack as a folder, so Python finds its modules before all others."""
    modules = {path.stem for path in (Path(__file__).parents[2] / "policies").iterdir()}
    assert modules & sys.stdlib_module_names == set()
