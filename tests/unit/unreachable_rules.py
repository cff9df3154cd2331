"""The rules that no stack file can break, each with the reason.

A rule is found by its module, its function and a part of its message, so that a moved line changes nothing here.
"""

from dataclasses import dataclass

from tests.unit.rule_sites import Site

TYPED = "The model of the stack file has the type, the range or the choices, and reports a wrong value before."
OWN_RULE = "The model of the stack file has a rule about the same contradiction, under the keys of the stack file."
NO_KEY = "Only a program sets this argument. The stack file has no key for it."
DERIVED = "The settings set this argument themselves, always to a valid value."
OUTPUT = "The value is an Output, which is known during the deployment only."
ANSWER = "The value is the answer of an API during the deployment."
MACHINE = (
    "The value comes from the configuration of a provider or from an environment variable, which the provider reads."
)
PROGRAM = "Only a program can make this error in its code."


@dataclass(frozen=True)
class Reason:
    """Why no stack file can break the rules of a function."""

    module: str
    function: str
    why: str
    words: str = ""
    """A part of the message. Empty for all rules of the function."""


REASONS = [
    Reason("core/args.py", "_validated_value", TYPED),
    Reason("core/args.py", "validate_choice", TYPED),
    Reason("core/args.py", "validated_args", TYPED),
    Reason("core/children.py", "reject_options_without_effect", NO_KEY),
    Reason("core/errors.py", "missing_value", OUTPUT),
    Reason("core/lazy_sdk.py", "load_sdk_lazily", PROGRAM),
    Reason("core/numbers.py", "to_int", TYPED),
    Reason("core/numbers.py", "validate_number", TYPED),
    Reason("core/plain_values.py", "reject_output", OUTPUT),
    Reason("core/transforms.py", "validate_transforms", TYPED),
    Reason("hyperdrive/budget.py", "__missing__", PROGRAM),
    Reason("hyperdrive/budget_rules.py", "allocate_connections", DERIVED, "must be a finite number above 0"),
    Reason("hyperdrive/budget_rules.py", "allocate_connections", TYPED, "must be at least 0"),
    Reason("hyperdrive/budget_rules.py", "validate_budget", DERIVED, "has both a limit and a weight"),
    Reason("hyperdrive/certificates.py", "read_pem", OWN_RULE),
    Reason("hyperdrive/certificates.py", "reject_contradictions", OWN_RULE),
    Reason("hyperdrive/origin.py", "reject_invalid_with_any_host", OWN_RULE),
    Reason("hyperdrive/origin.py", "reject_missing_parts", OWN_RULE),
    Reason("hyperdrive/origin.py", "reject_other_route", OWN_RULE),
    Reason("hyperdrive/pair.py", "reject_no_cache", OWN_RULE),
    Reason("hyperdrive/rules.py", "split_limit", TYPED, "must be above 0 and below 1"),
    Reason("hyperdrive/rules.py", "validate_database_limit", OWN_RULE),
    Reason("hyperdrive/rules.py", "validate_scheme", TYPED),
    Reason("hyperdrive/slots.py", "__init__", DERIVED),
    Reason("origin/address.py", "validate_endpoint", TYPED),
    Reason("origin/address.py", "validate_port", TYPED),
    Reason("origin/address.py", "validate_reach", NO_KEY),
    Reason("origins/cloud_sql/backups.py", "reject_two_restores", OWN_RULE),
    Reason("origins/cloudflare_ranges.py", "validate", ANSWER),
    Reason("origins/existing/rules.py", "reject_contradictions", OWN_RULE),
    Reason("origins/prisma/rules.py", "reject_contradictions", NO_KEY),
    Reason("origins/prisma/rules.py", "validate_connection_names", OWN_RULE),
    Reason("origins/prisma/rules.py", "validate_consumer", DERIVED),
    Reason("origins/rds/contradictions.py", "reject_contradictions", OWN_RULE),
    Reason("origins/rds/proxy.py", "validate_target", NO_KEY),
    Reason("postgres/preview_database_rules.py", "validate_server_address", OWN_RULE),
    Reason("postgres/roles.py", "reject_contradictions", OWN_RULE),
    Reason("postgres/roles.py", "require_host", OWN_RULE),
    Reason("routes/connectors.py", "_validate_path", NO_KEY),
    Reason("routes/connectors.py", "validate_created_token", ANSWER),
    Reason("routes/connectors.py", "validate_token", OWN_RULE),
    Reason("routes/rules.py", "reject_no_host", OWN_RULE),
    Reason("routes/rules.py", "validate_private", NO_KEY),
    Reason("testing.py", "read_project", PROGRAM),
    Reason("workers/bindings/values.py", "validate", OUTPUT, "must not be a secret"),
    Reason("workers/bindings/values.py", "validate_variable_size", TYPED, "must be a string"),
    Reason("workers/direct_tcp_rules.py", "validate_direct_origin", NO_KEY, "must be public"),
    Reason("workers/direct_tcp_rules.py", "validate_direct_origin", OWN_RULE, "is required"),
    Reason("workers/migrations.py", "validate_migrations", TYPED, "must be a map"),
    Reason("workers/placement.py", "render_script_placement", DERIVED),
    Reason("workers/queue_consumers.py", "resolve_queue_consumers", OWN_RULE),
    Reason("workers/rollout.py", "taken_over", OUTPUT),
    Reason("workers/rollout_rules.py", "reject_missing_percentage", TYPED),
    Reason("workers/rollout_rules.py", "validate_previous_version", ANSWER),
    Reason("workers/rules.py", "reject_files", DERIVED),
    Reason("workers/secrets_store.py", "resolve_versions", DERIVED),
    Reason("workers/secrets_store_rules.py", "validate_count", OWN_RULE),
    Reason("workers/secrets_store_rules.py", "validate_value", OWN_RULE, "must be a string"),
    Reason("workers/secrets_store_rules.py", "validate_secret_name", TYPED),
    Reason("workers/secrets_store_rules.py", "validate_version", TYPED),
    Reason("workers/serverless_driver.py", "format_url", OWN_RULE),
    Reason("wrangler/toml.py", "render_toml", DERIVED),
]


def reasons_of(site: Site) -> list[Reason]:
    """Returns the reasons that belong to a rule. Empty if a stack file has to break the rule."""
    return [
        reason
        for reason in REASONS
        if (reason.module, reason.function) == (site.module, site.function) and reason.words in site.words
    ]
