"""Creation of a random password in a stack."""

import pulumi_random as random

from edge_postgres.core.children import Children


def create_random_password(prefix: str, children: Children, *, length: int = 32) -> random.RandomPassword:
    """Creates a random password of letters and digits, which the state keeps, as the child `random_password`.

    RDS rejects ``/ ' " @`` and spaces. Letters and digits also need no encoding in a connection string. A random
    password of 32 letters and digits has 190 bits of entropy.
    """
    return random.RandomPassword(
        f"{prefix}-password", length=length, special=False, opts=children.options("random_password")
    )
