"""Protects the resources that hold data from deletion and replacement by Pulumi."""

import pulumi

from edge_postgres.origin.contract import OriginComponent, ServerComponent

STATEFUL = frozenset(
    {
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
        "cloudflare:index/queue:Queue",
        "gcp:sql/database:Database",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "pulumi-python:dynamic/neon:Branch",
        "pulumi-python:dynamic/neon:Database",
        "pulumi-python:dynamic/neon:Project",
        "pulumi-python:dynamic/prisma:Database",
        "pulumi-python:dynamic/prisma:Project",
    }
)
"""Type tokens of resources that hold data."""

GUARDED = STATEFUL | {
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/subnetGroup:SubnetGroup",
    "gcp:sql/user:User",
}
"""Type tokens of all resources of a database component that a server with data cannot lose.

AWS moves no server to another VPC, and thus to no replaced subnet group or security group.
"""


def protected(resource: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Returns the resource with the option `protect` if data depends on it. Returns None for an unchanged resource.

    Pulumi calls this transformation for each resource of a component.
    """
    if resource.type_ not in GUARDED:
        return None
    guarded = pulumi.ResourceOptions.merge(resource.opts, pulumi.ResourceOptions(protect=True))
    return pulumi.ResourceTransformationResult(resource.props, guarded)


def deleted_with_server(server: OriginComponent) -> pulumi.ResourceOptions:
    """Returns the options of roles on a server.

    If the stack deletes the server too, Pulumi does not delete the roles, because no server accepts connections then.
    """
    return pulumi.ResourceOptions(deleted_with=server.server_resource if isinstance(server, ServerComponent) else None)
