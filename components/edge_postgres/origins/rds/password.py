"""The password of the master user: an argument, a generated password, or a password that AWS creates."""

import json
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from edge_postgres.core.children import Children
from edge_postgres.origins.rds.args import ResolvedArgs
from edge_postgres.origins.rds.context import AwsContext
from edge_postgres.origins.rds.server import Server
from edge_postgres.postgres.random_password import create_random_password

if TYPE_CHECKING:
    from pulumi_random import RandomPassword


def create_password(
    prefix: str, args: ResolvedArgs, children: Children
) -> "tuple[RandomPassword | None, pulumi.Output[str] | None]":
    """Returns the generated password, and the password in use: the argument, or else the generated password.

    Both are None if AWS creates the password.
    """
    if args.managed_password:
        return None, None
    if args.password is not None:
        return None, pulumi.Output.secret(args.password)
    created = create_random_password(prefix, children)
    return created, pulumi.Output.secret(created.result)


def managed_password(server: Server, context: AwsContext) -> pulumi.Output[str]:
    """Returns the password that AWS created. Pulumi reads it from Secrets Manager during the deployment."""
    version = aws.secretsmanager.get_secret_version_output(
        secret_id=server.managed_secrets.apply(lambda secrets: secrets[0].secret_arn),
        region=context.region,
        opts=pulumi.InvokeOutputOptions(parent=context.children.component),
    )
    secret: pulumi.Output[str] = pulumi.Output.secret(version.secret_string)
    return secret.apply(lambda text: str(json.loads(text)["password"]))
