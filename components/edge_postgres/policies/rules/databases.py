"""Policy rules for databases on all stacks: encryption at rest, and the security groups of public databases."""

from collections.abc import Iterator, Sequence

from pulumi_policy import Severity

from edge_postgres.policies.declared import UNKNOWN, Resource, entries
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, StackRule
from edge_postgres.policies.tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE, SECURITY_GROUP


def check_encryption(database: Resource, _: Options) -> Iterator[str]:
    is_replica = database.at("replicateSourceDb") is not None
    if database.at("storageEncrypted") not in (True, UNKNOWN) and not is_replica:
        yield "storageEncrypted: must be true, because an existing database cannot be encrypted later."


def check_security_groups(resources: Sequence[Resource], options: Options) -> Iterator[tuple[Resource, str]]:
    by_urn = {resource.urn: resource for resource in resources}
    for instance in resources:
        if instance.type not in (RDS_INSTANCE, RDS_CLUSTER_INSTANCE) or instance.at("publiclyAccessible") is not True:
            continue
        # The instances of a cluster have `publiclyAccessible`, and the cluster has the security groups.
        clusters = [by_urn[urn] for urn in instance.dependencies.get("clusterIdentifier", ()) if urn in by_urn]
        holders = [instance, *clusters]
        created_groups = {urn for side in holders for urn in side.dependencies.get("vpcSecurityGroupIds", ())}
        known_ids = {
            text for side in holders for text in entries(side.at("vpcSecurityGroupIds")) if isinstance(text, str)
        }
        is_visible = any(urn in by_urn and by_urn[urn].type == SECURITY_GROUP for urn in created_groups)
        if not is_visible and not known_ids & set(options["securityGroups"]):
            yield (
                instance,
                "publiclyAccessible: is true, which requires a security group of the stack.",
            )


RULES = (
    ResourceRule(
        name="database-encrypted",
        description="Storage of RDS databases must be encrypted.",
        fix="Set `storageEncrypted` to true. For an existing database, restore an encrypted copy of its snapshot.",
        severity=Severity.HIGH,
        inputs="`storageEncrypted` of RDS instances and clusters, except replicas, which follow their source",
        limitations="databases outside the stack; Google encrypts all Cloud SQL databases",
        types=frozenset({RDS_INSTANCE, RDS_CLUSTER}),
        check=check_encryption,
    ),
    StackRule(
        name="public-database-guarded",
        description="A public RDS database must have a security group whose ranges the stack defines.",
        fix="Create the security group in the stack with Cloudflare's ranges, or make the database private.",
        severity=Severity.CRITICAL,
        inputs="`publiclyAccessible` of RDS instances, and the security groups that the stack creates",
        limitations="ranges of a security group outside the stack: add it to `securityGroups` after a review",
        own_options={"securityGroups": Option("IDs of trusted security groups outside the stack", NAMES, [])},
        check=check_security_groups,
    ),
)
