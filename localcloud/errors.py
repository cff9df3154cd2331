"""The error that the local cloud raises for its users."""


class LocalCloudError(Exception):
    """An error with a message for the user at the terminal: the problem, the value, the rule and the fix.

    The message never contains a secret.
    """
