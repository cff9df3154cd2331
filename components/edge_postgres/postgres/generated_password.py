"""Creation of a random password in a stack."""

import pulumi
import pulumi_random as random


def generated_password(name: str, parent: pulumi.Resource, *, length: int = 32) -> pulumi.Output[str]:
    """Creates a random password of letters and digits, which the state keeps. Returns the password as a secret.

    RDS rejects ``/ ' " @`` and spaces. Letters and digits also need no encoding in a connection string. A random
    password of 32 letters and digits has 190 bits of entropy.
    """
    created = random.RandomPassword(
        f"{name}-password", length=length, special=False, opts=pulumi.ResourceOptions(parent=parent)
    )
    return pulumi.Output.secret(created.result)
