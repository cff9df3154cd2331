"""Custom domains: one host name, one record at a time."""

from collections.abc import Iterator

from pulumi_policy import Severity

from edge_postgres.policies.declared import Resource
from edge_postgres.policies.rule import Options, ResourceRule, refused
from edge_postgres.policies.tokens import PAGES_DOMAIN, WORKERS_DOMAIN
from edge_postgres.workers.rules import validate_domain


def sound(domain: Resource, _: Options) -> Iterator[str]:
    key = "hostname" if domain.type == WORKERS_DOMAIN else "name"
    if isinstance(domain.at(key), str):
        yield from refused(validate_domain, domain.at(key), subject=key)
    if domain.delete_before_replace is not True:
        yield "deleteBeforeReplace: is not set: a change makes a second record of the host name, which is a conflict."


RULES = (
    ResourceRule(
        name="custom-domain-replaceable",
        holds="A custom domain is one host name, and can be replaced.",
        remedy="Write the host name alone, and set the resource option `deleteBeforeReplace`.",
        severity=Severity.MEDIUM,
        sees="host name and resource options of `WorkersCustomDomain` and `PagesDomain`",
        blind_to="whether the zone is the account's, and records that are there already",
        types=frozenset({WORKERS_DOMAIN, PAGES_DOMAIN}),
        check=sound,
    ),
)
