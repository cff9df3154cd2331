"""Tags: whose a resource is, and who pays."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.policies.declared import UNKNOWN, Resource
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule
from edge_postgres.policies.tokens import (
    AWS_SECRET,
    CLOUD_SQL,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_CLUSTER_PARAMETERS,
    RDS_INSTANCE,
    RDS_PARAMETERS,
    RDS_SUBNETS,
    SECURITY_GROUP,
)


def tagged(resource: Resource, options: Options) -> Iterator[str]:
    key = "settings.userLabels" if resource.type == CLOUD_SQL else "tags"
    defaults = of_provider(resource.provider, "defaultLabels" if resource.type == CLOUD_SQL else "defaultTags")
    own = resource.at(key)
    if own is UNKNOWN or defaults is UNKNOWN:
        return
    if missing := [name for name in options["required"] if name not in {**(own or {}), **defaults}]:
        yield f"{key}: lacks {', '.join(missing)}."


def of_provider(config: Mapping[str, Any], key: str) -> Any:
    """The tags that a provider gives to all it makes; the engine has a provider's objects as JSON."""
    found = config.get(key) or {}
    try:
        found = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        return {}
    if isinstance(found, Mapping) and key == "defaultTags":
        found = found.get("tags") or {}
    return found if isinstance(found, Mapping) or found is UNKNOWN else {}


RULES = (
    ResourceRule(
        name="tags-stated",
        holds="What costs money says whose it is.",
        remedy="State the tags, on the resource or for all of a provider.",
        severity=Severity.LOW,
        sees="tags of RDS, security groups and secrets at AWS, labels of Cloud SQL, and what the provider adds; "
        "nothing until tags are required",
        blind_to="Cloudflare, Neon and Prisma, whose resources have none",
        level=EnforcementLevel.ADVISORY,
        own_options={"required": Option("keys that have to be there", NAMES, [])},
        types=frozenset(
            {
                AWS_SECRET,
                CLOUD_SQL,
                RDS_CLUSTER,
                RDS_CLUSTER_INSTANCE,
                RDS_CLUSTER_PARAMETERS,
                RDS_INSTANCE,
                RDS_PARAMETERS,
                RDS_SUBNETS,
                SECURITY_GROUP,
            }
        ),
        check=tagged,
    ),
)
