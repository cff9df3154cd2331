"""The server of a database on RDS: one instance, or Aurora Serverless v2 with one or two instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from edge_postgres.core.inputs import apply_input
from edge_postgres.origins.rds.network import PORT, Network, Site
from edge_postgres.origins.rds.rules import family, is_full

_TLS_ONLY = [{"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"}]


@dataclass(frozen=True)
class Server:
    """What was made."""

    host: pulumi.Output[str]
    resources: list[pulumi.Resource]
    """What has to be there before anyone dials."""
    instance_identifier: pulumi.Output[Any]
    cluster_identifier: pulumi.Output[Any]
    managed_secrets: pulumi.Output[Any]
    """The secrets that AWS keeps the master password in, where it manages it: one."""


def made_instance(
    site: Site, network: Network, wanted: Mapping[str, Any], password: pulumi.Output[str] | None
) -> Server:
    """One instance."""
    named = apply_input(wanted["engine_version"], lambda version: family("postgres", version))
    parameters = aws.rds.ParameterGroup(
        f"{site.name}-parameters",
        name_prefix=site.begun(named),
        description="TLS only",
        family=named,
        parameters=_TLS_ONLY,
        **site.common,
    )
    instance = aws.rds.Instance(
        f"{site.name}-instance",
        identifier=site.identifier,
        engine="postgres",
        instance_class=wanted["instance_class"],
        db_name=wanted["database"],
        username=wanted["user"],
        password=password,
        parameter_group_name=parameters.name,
        storage_type="gp3",
        allocated_storage=wanted["allocated_storage"],
        max_allocated_storage=wanted["max_allocated_storage"],
        multi_az=wanted["multi_az"],
        publicly_accessible=wanted["public"],
        auto_minor_version_upgrade=minor_upgrades(wanted),
        ca_cert_identifier=wanted["ca_identifier"],
        **kept_safe(site, wanted),
        **reached(network),
        **site.irreplaceable,
    )
    return Server(
        # `endpoint` has the port in it.
        host=instance.address,
        resources=[instance],
        instance_identifier=instance.identifier,
        cluster_identifier=pulumi.Output.from_input(None),
        managed_secrets=instance.master_user_secrets,
    )


def made_aurora(site: Site, network: Network, wanted: Mapping[str, Any], password: pulumi.Output[str] | None) -> Server:
    """A cluster, its writer, and a second instance in another zone where that is wanted."""
    named = apply_input(wanted["engine_version"], lambda version: family("aurora-postgresql", version))
    parameters = aws.rds.ClusterParameterGroup(
        f"{site.name}-parameters",
        name_prefix=site.begun(named),
        description="TLS only",
        family=named,
        parameters=_TLS_ONLY,
        **site.common,
    )
    cluster = aws.rds.Cluster(
        f"{site.name}-cluster",
        cluster_identifier=site.identifier,
        engine="aurora-postgresql",
        database_name=wanted["database"],
        master_username=wanted["user"],
        master_password=password,
        db_cluster_parameter_group_name=parameters.name,
        serverlessv2_scaling_configuration={
            "min_capacity": wanted["min_capacity"],
            "max_capacity": wanted["max_capacity"],
        },
        **kept_safe(site, wanted),
        **reached(network),
        **site.irreplaceable,
    )
    machine = {
        "cluster_identifier": cluster.cluster_identifier,
        "engine": "aurora-postgresql",
        "instance_class": "db.serverless",
        "db_subnet_group_name": network.subnet_group,
        # The instances are public or not, the cluster has no say.
        "publicly_accessible": wanted["public"],
        "auto_minor_version_upgrade": minor_upgrades(wanted),
        "ca_cert_identifier": wanted["ca_identifier"],
        "copy_tags_to_snapshot": True,
    }
    writer = aws.rds.ClusterInstance(f"{site.name}-writer", identifier=site.called("writer"), **machine, **site.common)
    if wanted["multi_az"]:
        # After the writer: of two that are made at once, the first that is ready writes.
        aws.rds.ClusterInstance(
            f"{site.name}-standby", identifier=site.called("standby"), **machine, **site.after(writer)
        )
    return Server(
        host=cluster.endpoint,
        resources=[cluster, writer],
        instance_identifier=pulumi.Output.from_input(None),
        cluster_identifier=cluster.cluster_identifier,
        managed_secrets=cluster.master_user_secrets,
    )


def kept_safe(site: Site, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that instance and cluster share: encryption, backups, and what happens at the end."""
    return {
        "engine_version": wanted["engine_version"],
        "manage_master_user_password": wanted["managed_password"] or None,
        "storage_encrypted": True,
        "backup_retention_period": wanted["backup_days"],
        "copy_tags_to_snapshot": True,
        "deletion_protection": wanted["deletion_protection"],
        "skip_final_snapshot": not wanted["final_snapshot"],
        "final_snapshot_identifier": site.called("final") if wanted["final_snapshot"] else None,
    }


def reached(network: Network) -> dict[str, Any]:
    """Arguments that instance and cluster share: the network, and the port, which Aurora would not always guess."""
    return {
        "port": PORT,
        "db_subnet_group_name": network.subnet_group,
        "vpc_security_group_ids": network.security_groups,
    }


def minor_upgrades(wanted: Mapping[str, Any]) -> Any:
    """Whether AWS upgrades to new minor versions: where the minor version is stated, the stack file does."""
    return apply_input(wanted["engine_version"], lambda version: not is_full(version))
