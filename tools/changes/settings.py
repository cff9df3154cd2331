"""The settings of a stack file, by the paths of the table of changes.

A path is `workers.NAME.limits.cpuMs`. A setting that only one database vendor or one kind of network route has, has
this vendor or kind in its path: `databases.NAME[neon].compute.min`.
"""

import inspect
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from edge_postgres.stack import Settings
from tools.stack_file_schema.shapes import HIDDEN

_TAGS = ("provider", "kind")
_SAME = (("pages.NAME.preview.", "pages.NAME.production."),)
"""Two maps of one model, which have the same settings."""


def setting_paths() -> list[str]:
    """Returns the paths of all settings of all models, without those in a map of an equal model."""
    return list(dict.fromkeys(path for path in _paths(Settings, "") if not path.startswith(_SAME[0][0])))


def _paths(model: type[BaseModel], above: str) -> Iterator[str]:
    tag = _tag_of(model)
    for name, field in model.model_fields.items():
        if field.alias in HIDDEN:
            continue
        path = f"{above}{'' if not tag or _is_shared(model, name) else f'[{tag}]'}"
        path = f"{path}.{field.alias}".removeprefix(".")
        yield path
        entry = ".NAME" if _is_map(field.annotation) else ""
        for inner in _models_in(field.annotation):
            yield from _paths(inner, f"{path}{entry}")


def _is_shared(model: type[BaseModel], field: str) -> bool:
    """Returns whether all models of a union inherit the field from their common base."""
    owner = next(base for base in model.__mro__ if field in inspect.get_annotations(base))
    return owner is not model and owner.__name__ in ("Database", "_Route")


def _tag_of(model: type[BaseModel]) -> str:
    """Returns the value of `provider` or `kind` that selects the model in its union. Empty if there is no union."""
    for name in _TAGS:
        annotation = model.model_fields[name].annotation if name in model.model_fields else None
        if get_origin(annotation) is Literal:
            return str(get_args(annotation)[0])
    return ""


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _is_map(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(get_origin(each) is dict for each in get_args(annotation))
