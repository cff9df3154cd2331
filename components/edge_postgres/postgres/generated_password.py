"""Passwords that a stack generates."""

import pulumi
import pulumi_random as random


def generated_password(name: str, parent: pulumi.Resource, *, length: int = 32) -> pulumi.Output[str]:
    """Creates a random password of letters and digits, which the state keeps. Returns it as a secret.

    RDS rejects ``/ ' " @`` and spaces. Letters and digits also need no encoding in a connection string. A password of
    32 characters has 190 bits.
    """
    created = random.RandomPassword(
        f"{name}-password", length=length, special=False, opts=pulumi.ResourceOptions(parent=parent)
    )
    return pulumi.Output.secret(created.result)
