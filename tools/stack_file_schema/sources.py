"""Components from whose arguments the keys of a model take their descriptions if the model has none."""

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
"""Name of the component, by the name of the model."""

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
"""Name of the component's argument, by model and key, where the two names differ."""
