"""The databases of a stack file: one model for each `provider`."""

from typing import Annotated, get_args

from pydantic import Field

from settings.databases.base import Database as Database
from settings.databases.cloud_sql import CloudSqlDatabase
from settings.databases.existing import ExistingDatabase
from settings.databases.neon import NeonDatabase
from settings.databases.prisma import PrismaDatabase
from settings.databases.rds import RdsDatabase
from settings.databases.supabase import SupabaseDatabase

AnyDatabase = Annotated[
    CloudSqlDatabase | ExistingDatabase | NeonDatabase | PrismaDatabase | RdsDatabase | SupabaseDatabase,
    Field(discriminator="provider"),
]

MODELS: tuple[type[Database], ...] = get_args(get_args(AnyDatabase)[0])

PROVIDERS = tuple(sorted(get_args(model.model_fields["provider"].annotation)[0] for model in MODELS))
"""The values of `provider`."""
