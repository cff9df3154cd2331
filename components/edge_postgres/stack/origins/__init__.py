"""The databases of a stack file: one model for each `provider`."""

from typing import Annotated, get_args

from pydantic import Field

from edge_postgres.stack.origins.cloud_sql import CloudSqlDatabase
from edge_postgres.stack.origins.database import Database as Database
from edge_postgres.stack.origins.existing import ExistingDatabase
from edge_postgres.stack.origins.neon import NeonDatabase
from edge_postgres.stack.origins.prisma import PrismaDatabase
from edge_postgres.stack.origins.rds import RdsDatabase
from edge_postgres.stack.origins.supabase import SupabaseDatabase

AnyDatabase = Annotated[
    CloudSqlDatabase | ExistingDatabase | NeonDatabase | PrismaDatabase | RdsDatabase | SupabaseDatabase,
    Field(discriminator="provider"),
]

MODELS: tuple[type[Database], ...] = get_args(get_args(AnyDatabase)[0])

PROVIDERS = tuple(sorted(get_args(model.model_fields["provider"].annotation)[0] for model in MODELS))
"""The values of `provider`."""
