"""`RdsPostgres`: Postgres on Amazon RDS, one instance or Aurora Serverless v2."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origins.rds.args import wanted_of
from edge_postgres.origins.rds.connections import connections_of_capacity, connections_of_class, unknown_class
from edge_postgres.origins.rds.limits import AURORA_RESUME_SECONDS
from edge_postgres.origins.rds.network import PORT, Site, placed
from edge_postgres.origins.rds.server import Server, made_aurora, made_instance
from edge_postgres.postgres.generated_password import generated_password


class RdsPostgresArgs(TypedDict):
    """Arguments of RdsPostgres: an instance class makes an instance, a capacity Aurora Serverless v2."""

    engine_version: pulumi.Input[str]
    """Version of Postgres: `17.6` stays until it is changed here, `17` lets AWS upgrade the minor version."""
    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets in at least two availability zones; with a route to an internet gateway where the database is public."""
    instance_class: NotRequired[pulumi.Input[str]]
    """Class of the instance, `db.t4g.medium`; excludes the capacity."""
    min_capacity: NotRequired[pulumi.Input[float]]
    """Least capacity of Aurora Serverless v2 in ACU, in steps of 0.5; 0 pauses it when nobody is connected."""
    max_capacity: NotRequired[pulumi.Input[float]]
    """Most capacity of Aurora Serverless v2 in ACU, 1 to 256."""
    multi_az: NotRequired[bool]
    """True adds a second machine in another zone, ready to take over."""
    identifier: NotRequired[pulumi.Input[str]]
    """What RDS calls the database; the component's name where it is left out."""
    database: NotRequired[pulumi.Input[str]]
    """Name of the database, `app` where it is left out."""
    user: NotRequired[pulumi.Input[str]]
    """Master user, `app` where it is left out."""
    password: NotRequired[pulumi.Input[str]]
    """Password of the master user; one is made where it is left out. Excludes `managed_password`."""
    managed_password: NotRequired[bool]
    """True lets AWS make the password, keep it in Secrets Manager and change it every 7 days. Hyperdrive keeps a copy
    and refuses such an origin unless `rotation_sync` is stated."""
    rotation_sync: NotRequired[str]
    """What runs `pulumi up` after each rotation, in words: it is the promise that Hyperdrive gets the new password."""
    public: NotRequired[bool]
    """True gives the database a public address, for Hyperdrive without a private route."""
    ingress_ranges: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Address ranges that may connect to a public database; Cloudflare's where they are left out."""
    ingress_prefix_list_id: NotRequired[pulumi.Input[str]]
    """A managed prefix list that may connect to a public database, in the place of ranges."""
    open_to_the_internet: NotRequired[bool]
    """True lets every address of the Internet try passwords."""
    security_group_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Further security groups of the database, which let in somebody else."""
    allocated_storage: NotRequired[pulumi.Input[float]]
    """GiB of gp3 storage of an instance at the start, 20 where it is left out. Aurora's grows by itself."""
    max_allocated_storage: NotRequired[pulumi.Input[float]]
    """GiB that the storage of an instance may grow to; five times the start where it is left out."""
    backup_days: NotRequired[pulumi.Input[float]]
    """Days that backups are kept, 7 to 35; 7 where it is left out."""
    deletion_protection: NotRequired[bool]
    """False lets AWS delete the database; true where it is left out."""
    final_snapshot: NotRequired[bool]
    """False leaves no snapshot behind when the database is deleted; true where it is left out."""
    ca_identifier: NotRequired[pulumi.Input[str]]
    """Authority that signs the server's certificate, `rds-ca-rsa2048-g1` where it is left out."""
    region: NotRequired[pulumi.Input[str]]
    """Region of everything that is made; the provider's where it is left out."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags of everything that is made, and of its snapshots."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the database accepts, where its class does not tell; `show max_connections` does."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that RDS keeps for itself, 5 where it is left out."""


class RdsPostgres(pulumi.ComponentResource):
    """Postgres on Amazon RDS, as an origin.

    Creates a subnet group, a security group with a rule for each range that may connect (none where the database is
    private), a parameter group that takes TLS only, a password, and the server: one ``rds.Instance``, or with a
    capacity an Aurora cluster with one instance (two with ``multi_az``). Encrypted, with backups, deletion protection
    and a final snapshot.

    Refuses an argument it does not know, class and capacity together, a password beside a managed one, fewer than
    7 days of backups, storage that cannot grow, ranges as wide as the Internet without ``open_to_the_internet``, and
    names, passwords and versions that RDS does not take. Hyperdrive refuses a private one without a route.

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
    """Host name: the instance's, or the writer endpoint of the cluster."""
    port: pulumi.Output[float]
    """TCP port."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Master user."""
    password: pulumi.Output[str]
    """Password of the master user, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`: the server takes nothing else."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all, as far as the class tells; rather fewer than more."""
    reserved_connections: pulumi.Output[float]
    """Connections of these that RDS keeps for itself."""
    security_group_id: pulumi.Output[str]
    """Security group of the database; a rule in it lets somebody in."""
    instance_identifier: pulumi.Output[str | None]
    """What RDS calls the instance; nothing with Aurora."""
    cluster_identifier: pulumi.Output[str | None]
    """What RDS calls the cluster; nothing with an instance."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: RdsPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:RdsPostgres", name, {}, opts)
        args = validated_args(args, RdsPostgresArgs, subject=name)
        wanted = wanted_of(name, args)
        connections = told_connections(name, wanted)
        is_aurora = "max_capacity" in wanted
        if is_aurora:
            warn_of_pauses(wanted["min_capacity"], subject=f"{name}.min_capacity")

        # A component's own `depends_on` does not reach its children by itself.
        children = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        site = Site(name, wanted["identifier"], wanted.get("region"), wanted.get("tags"), children)
        network = placed(site, wanted)
        password = own_password(name, wanted, self)
        server = (made_aurora if is_aurora else made_instance)(site, network, wanted, password)
        ready = network.rules.apply(lambda rules: [*server.resources, *rules])

        self.host = server.host
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(wanted["database"])
        self.user = pulumi.Output.from_input(wanted["user"])
        self.password = with_dependencies(managed_password(server, site) if password is None else password, ready)
        self.sslmode = pulumi.Output.from_input("require")
        self.max_connections = pulumi.Output.from_input(connections)
        self.reserved_connections = pulumi.Output.from_input(wanted["reserved_connections"])
        self.security_group_id = network.security_group
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
            "reach": "public" if wanted["public"] else "private",
            "password_rotates": wanted["managed_password"] and "rotation_sync" not in wanted,
        }
        if connections is not None:
            self.origin["max_connections"] = connections
        self.register_outputs({})


def own_password(name: str, wanted: Mapping[str, Any], parent: pulumi.Resource) -> pulumi.Output[str] | None:
    """The password that is given or made, a secret; nothing where AWS makes it."""
    if wanted["managed_password"]:
        return None
    if "password" in wanted:
        return pulumi.Output.secret(wanted["password"])
    return generated_password(name, parent)


def managed_password(server: Server, site: Site) -> pulumi.Output[str]:
    """The password that AWS made, as Secrets Manager has it at the time of the deployment."""
    version = aws.secretsmanager.get_secret_version_output(
        secret_id=server.managed_secrets.apply(lambda secrets: secrets[0].secret_arn),
        region=site.region,
        opts=pulumi.InvokeOutputOptions(parent=site.options.parent),
    )
    secret: pulumi.Output[str] = pulumi.Output.secret(version.secret_string)
    return secret.apply(lambda text: str(json.loads(text)["password"]))


def told_connections(name: str, wanted: Mapping[str, Any]) -> Any:
    """Connections that the database accepts: as stated, else by capacity or class; nothing where that is unknown."""
    if "max_connections" in wanted:
        return wanted["max_connections"]
    if "max_capacity" in wanted:
        capacity = {"minimum": wanted["min_capacity"], "maximum": wanted["max_capacity"]}
        return apply_inputs(capacity, lambda known: connections_of_capacity(**known))

    def told(instance_class: str) -> int | None:
        found = connections_of_class(instance_class)
        if found is None:
            pulumi.log.warn(f"{name}.instance_class: {unknown_class(instance_class)}")
        return found

    return apply_input(wanted["instance_class"], told)


def warn_of_pauses(capacity: Any, *, subject: str) -> None:
    """Says what a pause means, where the capacity allows one."""

    def warn(minimum: float) -> None:
        if minimum == 0:
            pulumi.log.warn(
                f"{subject}: is 0: Aurora pauses when nobody is connected and takes {AURORA_RESUME_SECONDS} s or more "
                "to come back, about as long as Hyperdrive waits for a connection. The first query after a pause can "
                "fail, and so can a deployment. Use 0.5 or more where that matters."
            )

    apply_input(capacity, warn)
