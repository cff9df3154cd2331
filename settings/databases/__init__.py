"""The databases of a stack file: one model for each `provider`."""

from typing import Annotated, get_args

from pydantic import Field

from settings.databases.base import Database as Database
from settings.databases.existing import ExistingDatabase

MODELS = (ExistingDatabase,)

PROVIDERS = tuple(sorted(get_args(model.model_fields["provider"].annotation)[0] for model in MODELS))
"""The values of `provider`."""

AnyDatabase = Annotated[ExistingDatabase, Field(discriminator="provider")]
