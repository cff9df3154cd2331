"""The error of a pipeline step."""


class PipelineError(Exception):
    """The message has the problem and the fix for the log of the job, and no secret.

    The steps do not use the error class of the components, because Pulumi's SDK takes a second to import.
    """
