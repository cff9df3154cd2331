"""What the engine is told of a failure: the sentence that says it all, where the SDK would send a traceback.

The process that runs dynamic providers answers with `traceback.format_exc()` (`pulumi/dynamic/__main__.py` of pulumi
3.259.0, read 2026-11-21). Of an error of ours only the last line of that is for users.
"""

import sys
import traceback
from types import SimpleNamespace

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.errors import ApiError

SERVER = "pulumi.dynamic.__main__"


def tell_sentences() -> None:
    """Has that process tell errors of ours by their sentence. In any other, and with another SDK, it does nothing."""
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name == SERVER and getattr(main, "traceback", None) is traceback:
        vars(main)["traceback"] = SimpleNamespace(**{**vars(traceback), "format_exc": told})


def told() -> str:
    """Of the error that is being handled."""
    error = sys.exc_info()[1]
    return str(error) if isinstance(error, ApiError | ValidationError) else traceback.format_exc()
