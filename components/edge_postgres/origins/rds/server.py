"""The server of a database on RDS: one instance, or Aurora Serverless v2 with one or two instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypedDict

import pulumi
import pulumi_aws as aws

from edge_postgres.core.inputs import apply_input
from edge_postgres.origins.rds.args import ResolvedArgs
from edge_postgres.origins.rds.context import PORT, AwsContext
from edge_postgres.origins.rds.durability import durability_args, restore_time
from edge_postgres.origins.rds.network import Network
from edge_postgres.origins.rds.restore import cluster_time, instance_time
from edge_postgres.origins.rds.rules import has_minor_version, parameter_group_family

if TYPE_CHECKING:
    from pulumi_aws.rds import Cluster, ClusterInstance, ClusterParameterGroup, Instance, ParameterGroup

# From Postgres 15 on (Aurora: 17), the value is AWS's default with this method. AWS ignores a change of the method, so
# another method would be a change in each deployment. A new server has the parameter from its first start.
# Source: https://github.com/hashicorp/terraform-provider-aws/issues/39252, read on 2026-11-30.
_TLS_ONLY = [{"name": "rds.force_ssl", "value": "1", "apply_method": "pending-reboot"}]


class ManagedSecret(Protocol):
    """A secret of Secrets Manager in which AWS keeps the master password."""

    @property
    def secret_arn(self) -> str:
        """ARN of the secret."""
        ...


@dataclass(frozen=True)
class Server:
    """The server that `create_instance` or `create_aurora` created."""

    host: pulumi.Output[str]
    """Host name of the instance, or the writer endpoint of the cluster."""
    parameter_group: "ParameterGroup | ClusterParameterGroup"
    """Parameter group of the instance or the cluster."""
    instance: "Instance | None"
    """The instance; None for Aurora."""
    cluster: "Cluster | None"
    """The cluster of Aurora; None for an instance."""
    cluster_instances: "list[ClusterInstance]"
    """Instances of the cluster, the writer first. A client can connect when the writer exists."""
    instance_identifier: pulumi.Output[str | None]
    """Name of the instance at RDS; None for Aurora."""
    cluster_identifier: pulumi.Output[str | None]
    """Name of the cluster at RDS; None for an instance."""
    managed_secrets: pulumi.Output[Sequence[ManagedSecret]]
    """A list with one secret if AWS manages the master password, else an empty list."""

    @property
    def required(self) -> list[pulumi.Resource]:
        """Resources that have to exist before a client connects."""
        return [each for each in (self.instance, self.cluster, *self.cluster_instances[:1]) if each is not None]


class NetworkArgs(TypedDict):
    """Arguments that instances and clusters share: network and port."""

    port: int
    db_subnet_group_name: pulumi.Output[str]
    vpc_security_group_ids: pulumi.Output[list[str]]


def create_instance(
    context: AwsContext, network: Network, args: ResolvedArgs, password: pulumi.Output[str] | None
) -> Server:
    """Creates one instance with its parameter group."""
    family = apply_input(args.engine_version, lambda version: parameter_group_family("postgres", version))
    parameters = aws.rds.ParameterGroup(
        f"{context.name}-parameters",
        name_prefix=context.name_prefix(family),
        description="TLS only",
        family=family,
        parameters=_TLS_ONLY,
        **context.common_kept("parameter_group"),
    )
    instance = aws.rds.Instance(
        f"{context.name}-instance",
        identifier=context.identifier,
        engine="postgres",
        instance_class=args.instance_class,
        db_name=args.database,
        username=args.user,
        password=password,
        parameter_group_name=parameters.name,
        storage_type="gp3",
        allocated_storage=args.allocated_storage,
        max_allocated_storage=args.max_allocated_storage,
        iops=args.iops,
        storage_throughput=args.storage_throughput,
        multi_az=args.multi_az,
        publicly_accessible=args.public,
        auto_minor_version_upgrade=minor_upgrades(args),
        ca_cert_identifier=args.ca_identifier,
        backup_window=args.backup_window,
        maintenance_window=args.maintenance_window,
        restore_to_point_in_time=restore_time(args, instance_time),
        **durability_args(context, args),
        **network_args(network),
        **context.common_with_data("instance"),
    )
    return Server(
        # The output `endpoint` would contain the port too.
        host=instance.address,
        parameter_group=parameters,
        instance=instance,
        cluster=None,
        cluster_instances=[],
        instance_identifier=instance.identifier,
        cluster_identifier=pulumi.Output.from_input(None),
        managed_secrets=instance.master_user_secrets,
    )


def create_aurora(
    context: AwsContext, network: Network, args: ResolvedArgs, password: pulumi.Output[str] | None
) -> Server:
    """Creates an Aurora cluster with its writer, and with `multi_az` a second instance in another zone."""
    family = apply_input(args.engine_version, lambda version: parameter_group_family("aurora-postgresql", version))
    parameters = aws.rds.ClusterParameterGroup(
        f"{context.name}-parameters",
        name_prefix=context.name_prefix(family),
        description="TLS only",
        family=family,
        parameters=_TLS_ONLY,
        **context.common_kept("parameter_group"),
    )
    cluster = aws.rds.Cluster(
        f"{context.name}-cluster",
        cluster_identifier=context.identifier,
        engine="aurora-postgresql",
        database_name=args.database,
        master_username=args.user,
        master_password=password,
        db_cluster_parameter_group_name=parameters.name,
        serverlessv2_scaling_configuration={"min_capacity": args.min_capacity, "max_capacity": args.max_capacity},
        # AWS returns the value of the instances for the cluster too.
        auto_minor_version_upgrade=minor_upgrades(args),
        preferred_backup_window=args.backup_window,
        preferred_maintenance_window=args.maintenance_window,
        restore_to_point_in_time=restore_time(args, cluster_time),
        **durability_args(context, args),
        **network_args(network),
        **context.common_with_data("cluster"),
    )
    instance_args = {
        "cluster_identifier": cluster.cluster_identifier,
        "engine": "aurora-postgresql",
        "instance_class": "db.serverless",
        "db_subnet_group_name": network.subnet_group.name,
        # A cluster has no such argument. Each instance of the cluster is public or private.
        "publicly_accessible": args.public,
        "auto_minor_version_upgrade": minor_upgrades(args),
        "ca_cert_identifier": args.ca_identifier,
        "copy_tags_to_snapshot": True,
        "apply_immediately": args.apply_immediately,
        # The range of the cluster does not apply to the maintenance of an instance.
        "preferred_maintenance_window": args.maintenance_window,
    }
    writer = aws.rds.ClusterInstance(
        f"{context.name}-writer",
        identifier=context.physical_name("writer"),
        **instance_args,
        **context.common_protected("cluster_instances"),
    )
    instances = [writer]
    if args.multi_az:
        # Created after the writer, because the first available instance becomes the writer.
        standby = aws.rds.ClusterInstance(
            f"{context.name}-standby",
            identifier=context.physical_name("standby"),
            **instance_args,
            **context.common_protected("cluster_instances", pulumi.ResourceOptions(depends_on=[writer])),
        )
        instances.append(standby)
    return Server(
        host=cluster.endpoint,
        parameter_group=parameters,
        instance=None,
        cluster=cluster,
        cluster_instances=instances,
        instance_identifier=pulumi.Output.from_input(None),
        cluster_identifier=cluster.cluster_identifier,
        managed_secrets=cluster.master_user_secrets,
    )


def network_args(network: Network) -> NetworkArgs:
    """Returns the arguments for network and port. The port is set, because the default port of Aurora can differ."""
    return {
        "port": PORT,
        "db_subnet_group_name": network.subnet_group.name,
        "vpc_security_group_ids": network.security_groups,
    }


def minor_upgrades(args: ResolvedArgs) -> pulumi.Input[bool]:
    """Returns whether AWS upgrades the minor version: only if the engine version contains no minor version."""
    return apply_input(args.engine_version, lambda version: not has_minor_version(version))
