"""The modules and the bindings of a version in the form of the provider."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from edge_postgres.core.paths import PathInput
from edge_postgres.workers.assets import find_rule_files
from edge_postgres.workers.files import CONTENT_TYPES, Module, ModuleKind
from edge_postgres.workers.worker_spec import WorkerSpec

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        WorkersScriptBindingArgsDict,
        WorkerVersionAssetsArgsDict,
        WorkerVersionBindingArgsDict,
        WorkerVersionModuleArgsDict,
    )


def render_modules(
    main_module: str, bundle: PathInput, files: Sequence[Module], assets: "WorkerVersionAssetsArgsDict | None"
) -> "list[WorkerVersionModuleArgsDict]":
    """Returns all modules, sorted by name, because another order creates another version.

    The provider computes the hash of each file, and rejects a hash that is set (`worker_version/schema.go` at v5.22.0).

    Args:
        main_module: Name of the main module.
        bundle: Path of the main module.
        files: The additional modules.
        assets: The static files, whose directory can contain `_headers` and `_redirects`.
    """
    rules = find_rule_files(str(assets["directory"])) if assets else {}
    paths = {
        main_module: (str(bundle), CONTENT_TYPES[ModuleKind.ESM]),
        **{module.name: (module.path, module.content_type) for module in files},
        **{name: (path, CONTENT_TYPES[ModuleKind.TEXT]) for name, path in rules.items()},
    }
    return [
        {"name": name, "content_type": content_type, "content_file": path}
        for name, (path, content_type) in sorted(paths.items())
    ]


def render_version_bindings(bindings: "list[WorkersScriptBindingArgsDict]") -> "list[WorkerVersionBindingArgsDict]":
    """Returns the bindings of a version in the form in which the API returns them.

    The API returns a service binding with its environment, and that difference would replace the version
    (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7281).
    """
    rendered = [
        {"environment": "production", **binding} if binding["type"] == "service" else binding for binding in bindings
    ]
    return cast("list[WorkerVersionBindingArgsDict]", rendered)


def find_own_classes(spec: WorkerSpec) -> Iterator[tuple[str, object]]:
    """Yields the name of each binding to a class of Durable Objects that the Worker itself defines, and the class."""
    for binding in cast("list[dict[str, object]]", spec.bindings):
        if binding["type"] == "durable_object_namespace" and binding.get("script_name") in (None, spec.name):
            yield str(binding["name"]), binding.get("class_name")
