"""How the local cloud refuses."""


class LocalCloudError(Exception):
    """One or two sentences for the person at the terminal: what, which value, which rule, and the way out.

    Never holds a secret.
    """
