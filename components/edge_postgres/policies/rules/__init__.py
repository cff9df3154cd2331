"""All rules of the policy pack, in the order of `docs/policies.md`."""

from edge_postgres.policies.rule import ResourceRule, StackRule
from edge_postgres.policies.rules import (
    databases,
    domains,
    hyperdrive,
    logins,
    previews,
    production_databases,
    ranges,
    tags,
    tls,
    variables,
    workers,
)

RULES: tuple[ResourceRule | StackRule, ...] = (
    *hyperdrive.RULES,
    *logins.RULES,
    *tls.RULES,
    *workers.RULES,
    *variables.RULES,
    *domains.RULES,
    *databases.RULES,
    *ranges.RULES,
    *production_databases.RULES,
    *previews.RULES,
    *tags.RULES,
)
