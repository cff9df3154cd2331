"""`RdsPostgres`: Postgres on Amazon RDS, one instance or Aurora Serverless v2."""

from dataclasses import replace
from typing import cast

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.warnings import warn_of_unlisted_version
from edge_postgres.origins.rds.args import ResolvedArgs, resolve_args
from edge_postgres.origins.rds.arguments import RdsPostgresArgs
from edge_postgres.origins.rds.connections import connections_of_capacity, connections_of_class, describe_unknown_class
from edge_postgres.origins.rds.context import PORT, AwsContext
from edge_postgres.origins.rds.limits import AURORA_RESUME_SECONDS
from edge_postgres.origins.rds.network import create_network
from edge_postgres.origins.rds.password import create_password, managed_password
from edge_postgres.origins.rds.rules import major_version
from edge_postgres.origins.rds.server import create_aurora, create_instance

CHILDREN: ChildClasses = {
    "instance": lambda: aws.rds.Instance,
    "cluster": lambda: aws.rds.Cluster,
    "cluster_instances": lambda: aws.rds.ClusterInstance,
    "parameter_group": lambda: aws.rds.ParameterGroup,
    "subnet_group": lambda: aws.rds.SubnetGroup,
    "security_group": lambda: aws.ec2.SecurityGroup,
    "ingress_rules": lambda: aws.vpc.SecurityGroupIngressRule,
    "random_password": lambda: random.RandomPassword,
    "final_snapshot_id": lambda: random.RandomId,
}


class RdsPostgres(pulumi.ComponentResource):
    """Postgres on Amazon RDS, as an origin.

    Creates a subnet group, a security group, a parameter group that accepts TLS only, and a password if none is set and
    AWS does not manage it. The security group of a public database has a rule for each range that may connect. The
    server is one ``rds.Instance``, or with a capacity an Aurora cluster with one instance (two with ``multi_az``). The
    server is encrypted and has backups, and by default deletion protection and a final snapshot. With deletion
    protection, Pulumi rejects in the preview each change that would delete or replace the server, an instance of the
    cluster, the subnet group or the security group.

    Rejects unknown arguments, a server with both or neither of class and capacity, and a password together with a
    managed one. Rejects fewer than two subnets, fewer than 7 days of backups, storage that cannot grow, and very wide
    ranges (set ``open_to_the_internet`` instead). Rejects names, passwords, versions, time ranges and storage
    that RDS rejects. Hyperdrive rejects a private database without a route.

    Example::

        database = RdsPostgres("main", {
            "engine_version": "17.6",
            "instance_class": "db.t4g.medium",
            "vpc_id": "vpc-0a1b2c3d4e5f60718",
            "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f607182a"],
            "public": True,
        })
    """

    host: pulumi.Output[str]
    """Host name of the instance, or the writer endpoint of the cluster."""
    port: pulumi.Output[float]
    """TCP port."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Master user."""
    password: pulumi.Output[str]
    """Password of the master user, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`. The server accepts no connection without TLS."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in total, a low estimate; None for an unknown class."""
    reserved_connections: pulumi.Output[float]
    """Connections out of `max_connections` that RDS reserves."""
    security_group_id: pulumi.Output[str]
    """ID of the security group of the database, for additional ingress rules."""
    instance_identifier: pulumi.Output[str | None]
    """Name of the instance at RDS; None for Aurora."""
    cluster_identifier: pulumi.Output[str | None]
    """Name of the cluster at RDS; None for an instance."""

    rotation_sync: pulumi.Output[str | None]
    """Job that runs `pulumi up` after each rotation of the password, if it is set."""

    origin: PostgresOrigin
    """The database as an origin, for Hyperdrive and other consumers."""

    def __init__(self, name: str, args: RdsPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:RdsPostgres", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, RdsPostgresArgs, subject=subject)
        resolved = resolve_args(name, args, subject=subject)
        connections = estimate_connections(resolved, subject=f"{subject}.instance_class")
        if resolved.min_capacity is not None:
            warn_of_pauses(resolved.min_capacity, subject=f"{subject}.min_capacity")
        apply_input(
            resolved.engine_version,
            lambda version: warn_of_unlisted_version(major_version(version), subject=f"{subject}.engine_version"),
        )

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        context = AwsContext(
            name, resolved.identifier, resolved.region, resolved.tags, children, resolved.deletion_protection
        )
        network = create_network(context, resolved)
        self.random_password, password = create_password(name, resolved, children)
        create_server = create_instance if resolved.instance_class is not None else create_aurora
        server = create_server(context, network, resolved, password)
        ready = network.rules.apply(lambda rules: [*server.required, *rules])
        self.instance, self.cluster, self.cluster_instances = server.instance, server.cluster, server.cluster_instances
        self.server_resource: pulumi.Resource = server.instance or server.cluster or self
        self.parameter_group, self.subnet_group = server.parameter_group, network.subnet_group
        self.security_group, self.ingress_rules = network.security_group, network.rules

        self.host = server.host
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(resolved.database)
        self.user = pulumi.Output.from_input(resolved.user)
        self.password = with_dependencies(managed_password(server, context) if password is None else password, ready)
        self.sslmode = pulumi.Output.from_input("require")
        self.max_connections = pulumi.Output.from_input(connections)
        self.reserved_connections = pulumi.Output.from_input(resolved.reserved_connections)
        self.security_group_id = network.security_group.id
        self.instance_identifier = server.instance_identifier
        self.cluster_identifier = server.cluster_identifier
        self.origin = {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
            "sslmode": self.sslmode,
            "reserved_connections": self.reserved_connections,
            "endpoint": "direct",
            "reach": "public" if resolved.public else "private",
            "password_rotates": resolved.managed_password and resolved.rotation_sync is None,
        }
        if connections is not None:
            self.origin["max_connections"] = cast("pulumi.Input[float]", connections)
        self.rotation_sync = pulumi.Output.from_input(resolved.rotation_sync)
        self.register_outputs({"host": self.host, "rotation_sync": self.rotation_sync})


def estimate_connections(args: ResolvedArgs, *, subject: str) -> pulumi.Input[float | None] | None:
    """Returns the connections that the database accepts: the argument, or an estimate; None for an unknown class."""
    if args.max_connections is not None:
        estimate_instead = replace(args, max_connections=None)
        return apply_input(
            args.max_connections,
            lambda known: estimate_connections(estimate_instead, subject=subject) if known is None else known,
        )
    if args.min_capacity is not None and args.max_capacity is not None:
        return apply_inputs((args.min_capacity, args.max_capacity), connections_of_capacity)

    def estimate(instance_class: str) -> float | None:
        found = connections_of_class(instance_class)
        if found is None:
            pulumi.log.warn(f"{subject}: {describe_unknown_class(instance_class)}")
        return found

    return None if args.instance_class is None else apply_input(args.instance_class, estimate)


def warn_of_pauses(capacity: pulumi.Input[float], *, subject: str) -> None:
    """Warns about a minimum capacity of 0, with which Aurora pauses."""

    def warn(minimum: float) -> None:
        if minimum == 0:
            pulumi.log.warn(
                f"{subject}: is 0. Aurora pauses without connections and takes {AURORA_RESUME_SECONDS} s or more to "
                "resume, about as long as Hyperdrive waits for a connection. The first query after a pause can fail, "
                "and so can a deployment. Set 0.5 or more if this is not acceptable."
            )

    apply_input(capacity, warn)
