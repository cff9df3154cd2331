"""The setting `transform`, which all sections have that create a component with child resources.

The models check only that the setting is a map of maps. The children of a section can depend on settings outside the
model, such as those of the section above. Therefore `find_transform_errors` checks the stack file as it was read.
"""

import re
from collections.abc import Iterator, Mapping

from pydantic.alias_generators import to_camel

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import JsonInput
from edge_postgres.core.transforms import ChildClasses, find_invalid_arguments, validate_child
from edge_postgres.stack.children import SECTIONS
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.model import Model
from edge_postgres.stack.raw_settings import find_settings


class Transformable(Model):
    """A section that creates a component with child resources."""

    transform: dict[str, dict[str, object]] | None = None
    """Arguments of the created resources, which replace those that edge-postgres sets: name of the resource to a map of
    arguments."""


def find_transform_errors(raw: JsonInput) -> Iterator[SettingError]:
    """Yields an error for each child and for each argument in a `transform` that does not exist.

    Loads the class of a child only if a `transform` contains the child.

    Args:
        raw: The stack file, which is not validated yet.
    """
    for pattern, inside, children_of in SECTIONS:
        has_transform = find_settings(raw, f"{pattern}.{inside}transform")
        for above, entry in find_settings(raw, pattern) if has_transform else ():
            for path, transform in find_settings(entry, f"{inside}transform", above):
                for error in _find_unknown(transform, children_of(entry), subject=path):
                    yield SettingError(error.path, _in_camel_case(error.detail))


def _find_unknown(transform: object, children: ChildClasses | None, *, subject: str) -> Iterator[ValidationError]:
    """Yields an error for each unknown child and argument. The models reject a value that is no map."""
    if children is None or not isinstance(transform, Mapping):
        return
    for key, arguments in transform.items():
        path = f"{subject}.{key}"
        try:
            child = validate_child(key, children, subject=path)
        except ValidationError as error:
            yield error
        else:
            if isinstance(arguments, Mapping):
                yield from find_invalid_arguments(arguments, children[child](), subject=path)


def _in_camel_case(message: str) -> str:
    """Returns the message with the names of children and arguments as in the stack file."""
    return re.sub(r"`(\w+)`", lambda name: f"`{to_camel(name[1])}`", message)
