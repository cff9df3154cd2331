"""Policy rule for tags, which show the owner and the cost centre of a resource."""

import json
from collections.abc import Iterator, Mapping

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.core.json_types import Json
from edge_postgres.policies.declared import UNKNOWN, Resource, Unknown
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


def check_tags(resource: Resource, options: Options) -> Iterator[str]:
    key = "settings.userLabels" if resource.type == CLOUD_SQL else "tags"
    defaults = default_tags(resource.provider, "defaultLabels" if resource.type == CLOUD_SQL else "defaultTags")
    own = resource.at(key)
    if own is UNKNOWN or isinstance(defaults, Unknown):
        return
    if missing := [name for name in options["required"] if name not in {**(own or {}), **defaults}]:
        yield f"{key}: must contain {', '.join(missing)}."


def default_tags(config: Json, key: str) -> Mapping[str, object] | Unknown:
    """Returns the default tags of a provider, tag name to value. Returns `UNKNOWN` if they are not known yet.

    The engine passes the configuration of a provider as JSON.
    """
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
        name="tags-required",
        description="Databases at AWS and Google, and security groups and secrets at AWS, must have the required tags.",
        fix="Set the tags on the resource, or as default tags of its provider.",
        severity=Severity.LOW,
        inputs="tags of RDS, security groups and secrets at AWS, labels of Cloud SQL, default tags of the provider; "
        "nothing while `required` is empty",
        limitations="other resources, such as those of Cloudflare, Neon and Prisma",
        level=EnforcementLevel.ADVISORY,
        own_options={"required": Option("tags that each resource must have; on Cloud SQL, labels", NAMES, [])},
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
        check=check_tags,
    ),
)
