"""`PathInput`: the type of an argument that is a path."""

import os
from typing import TYPE_CHECKING

# The inference of the schema does not support a union, so that it reads the second definition.
if TYPE_CHECKING:
    PathInput = str | os.PathLike[str]
else:
    PathInput = str
