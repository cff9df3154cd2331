"""Passwords that a stack makes by itself."""

import pulumi
import pulumi_random as random


def generated_password(name: str, parent: pulumi.Resource, *, length: int = 32) -> pulumi.Output[str]:
    """A random password of letters and digits, made once and kept in the state, a secret.

    RDS refuses ``/ ' " @`` and spaces; letters and digits also need no encoding in a connection string. 32 of them
    are 190 bits.
    """
    made = random.RandomPassword(
        f"{name}-password", length=length, special=False, opts=pulumi.ResourceOptions(parent=parent)
    )
    return pulumi.Output.secret(made.result)
