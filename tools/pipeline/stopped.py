"""The one way in which a step says that it cannot go on."""


class Stopped(Exception):
    """What is wrong and what to do, for the job's log; never a secret.

    The components' own refusal is Pulumi's: its SDK takes a second to import, and a step needs nothing of it.
    """
