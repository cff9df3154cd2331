"""Components whose arguments describe the keys of a model that has no descriptions itself."""

from collections.abc import Mapping

SHAPES: Mapping[str, str] = {
    "CloudSqlDatabase": "CloudSqlPostgres",
    "NeonDatabase": "NeonPostgres",
    "NeonProjectSettings": "NeonPostgres",
    "NeonBranchSettings": "NeonPostgres",
    "NeonComputeSettings": "NeonPostgres",
    "PrismaDatabase": "PrismaPostgres",
    "PrismaProjectSettings": "PrismaPostgres",
    "RdsDatabase": "RdsPostgres",
    "RdsCapacity": "RdsPostgres",
    "RdsNetwork": "RdsPostgres",
    "RdsStorage": "RdsPostgres",
}
"""Component or shape of the plugin's schema, by model."""

ARGUMENTS: Mapping[str, str] = {
    "NeonBranchSettings.name": "branch",
    "NeonComputeSettings.min": "minCu",
    "NeonComputeSettings.max": "maxCu",
    "NeonProjectSettings.existing": "projectId",
    "NeonProjectSettings.name": "projectName",
    "PrismaProjectSettings.existing": "projectId",
    "PrismaProjectSettings.name": "projectName",
    "RdsCapacity.min": "minCapacity",
    "RdsCapacity.max": "maxCapacity",
    "RdsNetwork.prefixListId": "ingressPrefixListId",
    "RdsStorage.allocated": "allocatedStorage",
    "RdsStorage.maximum": "maxAllocatedStorage",
}
"""Names of component arguments that differ from the key."""
