"""Makes the engine show the message of a dynamic provider's error instead of a traceback.

The process that runs dynamic providers reports `traceback.format_exc()` to the engine (`pulumi/dynamic/__main__.py` of
pulumi 3.272.0, read on 2026-11-21). For an expected error, only the last line of the traceback helps users.
"""

import sys
import traceback
from types import SimpleNamespace

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.errors import ApiError

SERVER = "pulumi.dynamic.__main__"


def report_errors_as_messages() -> None:
    """Patches the process that runs dynamic providers, so that it reports expected errors by their messages.

    Each module `providers.py` calls this function, because this process imports these modules before it calls a
    provider. In another process, or with an SDK that formats errors differently, the function changes nothing.
    """
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name == SERVER and getattr(main, "traceback", None) is traceback:
        vars(main)["traceback"] = SimpleNamespace(**{**vars(traceback), "format_exc": format_current_error})


def format_current_error() -> str:
    """Returns the message of the error that is being handled, or the traceback if the error was not expected."""
    error = sys.exc_info()[1]
    return str(error) if isinstance(error, ApiError | ValidationError) else traceback.format_exc()
