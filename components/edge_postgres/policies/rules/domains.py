"""Policy rules for custom domains: a valid host name, and a replacement without a conflict."""

from collections.abc import Iterator

from pulumi_policy import Severity

from edge_postgres.policies.declared import Resource
from edge_postgres.policies.rule import Options, ResourceRule, problems_of
from edge_postgres.policies.tokens import PAGES_DOMAIN, WORKERS_DOMAIN
from edge_postgres.workers.rules import validate_domain


def check_domain(domain: Resource, _: Options) -> Iterator[str]:
    key = "hostname" if domain.type == WORKERS_DOMAIN else "name"
    if isinstance(domain.at(key), str):
        yield from problems_of(validate_domain, domain.at(key), subject=key)
    if domain.delete_before_replace is not True:
        yield "deleteBeforeReplace: must be true, because a replacement creates a second record of the host name."


RULES = (
    ResourceRule(
        name="custom-domain-replaceable",
        description="A custom domain must be a host name that can be replaced.",
        fix="Set only the host name, and set the resource option `deleteBeforeReplace`.",
        severity=Severity.MEDIUM,
        inputs="host name and resource options of `WorkersCustomDomain` and `PagesDomain`",
        limitations="whether the zone belongs to the account, and existing DNS records",
        types=frozenset({WORKERS_DOMAIN, PAGES_DOMAIN}),
        check=check_domain,
    ),
)
