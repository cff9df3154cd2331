"""Databases of any stack: what is on the disk, and who decides on the way in."""

from collections.abc import Iterator, Sequence

from pulumi_policy import Severity

from edge_postgres.policies.declared import UNKNOWN, Resource, entries
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, StackRule
from edge_postgres.policies.tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE, SECURITY_GROUP


def encrypted(database: Resource, _: Options) -> Iterator[str]:
    is_replica = database.at("replicateSourceDb") is not None
    if database.at("storageEncrypted") not in (True, UNKNOWN) and not is_replica:
        yield "storageEncrypted: is not true, and cannot be changed later without a new database."


def guarded(resources: Sequence[Resource], options: Options) -> Iterator[tuple[Resource, str]]:
    by_urn = {resource.urn: resource for resource in resources}
    for instance in resources:
        if instance.type not in (RDS_INSTANCE, RDS_CLUSTER_INSTANCE) or instance.at("publiclyAccessible") is not True:
            continue
        # The instances of a cluster are public or not, the cluster has the security groups.
        clusters = [by_urn[urn] for urn in instance.made_from.get("clusterIdentifier", ()) if urn in by_urn]
        sides = [instance, *clusters]
        made = {urn for side in sides for urn in side.made_from.get("vpcSecurityGroupIds", ())}
        known = {text for side in sides for text in entries(side.at("vpcSecurityGroupIds")) if isinstance(text, str)}
        is_visible = any(urn in by_urn and by_urn[urn].type == SECURITY_GROUP for urn in made)
        if not is_visible and not known & set(options["securityGroups"]):
            yield instance, "publiclyAccessible: is true, and no security group of the stack says which ranges may in."


RULES = (
    ResourceRule(
        name="database-encrypted",
        holds="A database on RDS is encrypted on its disk.",
        remedy="Set `storageEncrypted`; an existing database is copied through an encrypted snapshot.",
        severity=Severity.HIGH,
        sees="`storageEncrypted` of RDS instances and clusters, but for replicas, which follow their source",
        blind_to="databases that are not in the stack; Google encrypts every one of Cloud SQL",
        types=frozenset({RDS_INSTANCE, RDS_CLUSTER}),
        check=encrypted,
    ),
    StackRule(
        name="public-database-guarded",
        holds="A public database on RDS has a security group in the stack, whose ranges can be seen.",
        remedy="Make the security group in the stack, with Cloudflare's ranges, or keep the database private.",
        severity=Severity.CRITICAL,
        sees="`publiclyAccessible` of RDS instances, and which security groups are made from the stack's own resources",
        blind_to="the ranges of a security group from elsewhere: name it once somebody has looked",
        own_options={"securityGroups": Option("ids of security groups from elsewhere that are trusted", NAMES, [])},
        check=guarded,
    ),
)
