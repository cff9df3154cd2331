"""Options of a component's child resources: their parent, their dependencies, and their transform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from edge_postgres.core.args import snake_case
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input
from edge_postgres.core.transforms import ChildClasses, Transform, find_invalid_arguments, validate_transforms
from edge_postgres.core.urns import with_type

_WITHOUT_EFFECT = (
    "additional_secret_outputs",
    "custom_timeouts",
    "delete_before_replace",
    "hide_diffs",
    "id",
    "ignore_changes",
    "import_",
    "plugin_download_url",
    "replace_on_changes",
    "replacement_trigger",
    "urn",
    "version",
)
"""Options that Pulumi ignores on a component and does not pass on to its children.

Source: `inheritFromParent` in the engine's resource monitor, and `pulumi.Resource`. Read on 2026-11-30.
"""


@dataclass(frozen=True)
class Children:
    """The child resources of one component, which have the same parent and the same dependencies."""

    component: pulumi.ComponentResource
    depends_on: pulumi.ResourceOptions | None
    """The `depends_on` of the component, which Pulumi does not pass on to the children."""
    transforms: Mapping[str, Transform]
    """By child: arguments that replace those of the component."""
    subject: str
    """Path of the component, for messages."""

    def component_options(self, aliases: Sequence[pulumi.Alias] = ()) -> pulumi.ResourceOptions:
        """Returns the options of a child that is a component itself. Its transform is passed to it as an argument."""
        options = pulumi.ResourceOptions(parent=self.component, aliases=list(aliases))
        return pulumi.ResourceOptions.merge(options, self.depends_on)

    def alias_below(self, type_: str) -> pulumi.Alias:
        """Returns the alias of a child that belonged to a component of another type before.

        A URN contains the type of the parent, but not the parent's name.
        """
        return pulumi.Alias(parent=apply_input(self.component.urn, lambda urn: with_type(urn, type_)))

    def options(
        self, child: str, *others: pulumi.ResourceOptions, undeclared: Mapping[str, object] | None = None
    ) -> pulumi.ResourceOptions:
        """Returns the options of a child, with ``others``, which are options of this child only.

        A replaced argument keeps its dependencies, and stays a secret if it is one.

        Args:
            child: Name of the child.
            others: Options of this child only.
            undeclared: Attributes for which the API can answer a value that no program sets, with their values. The
                provider reports such a value as an update in each run. Therefore the child ignores changes of an
                attribute whose value is None. The engine then also keeps a value that the program has removed. A path
                has Pulumi's names, such as `config.originRequest`.

        Raises:
            ValidationError: The transform has an argument that the child does not have. Pulumi raises the error while
                the child is created.
        """
        options = pulumi.ResourceOptions(parent=self.component)
        for other in (self.depends_on, *others):
            options = pulumi.ResourceOptions.merge(options, other)
        transform = self.transforms.get(child, {})
        set_by_transform = {snake_case(key) for key in transform}
        options.ignore_changes = [
            *(options.ignore_changes or ()),
            *(
                path
                for path, value in (undeclared or {}).items()
                if value is None and snake_case(path.partition(".")[0]) not in set_by_transform
            ),
        ]
        if not transform:
            return options

        def replace(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            path = f"{self.subject}.transform.{child}"
            for error in find_invalid_arguments(transform, type(args.resource), subject=path):
                raise error
            replaced = {snake_case(key): value for key, value in transform.items()}
            changed = {name: _as_secret_as(args.props.get(name), value) for name, value in replaced.items()}
            return pulumi.ResourceTransformationResult({**args.props, **changed}, args.opts)

        return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(transformations=[replace]))


def children_of(
    component: pulumi.ComponentResource,
    opts: pulumi.ResourceOptions | None,
    transforms: object,
    children: ChildClasses,
    *,
    subject: str,
) -> Children:
    """Returns the `Children` of a component.

    Pulumi itself passes `protect`, `providers`, `retain_on_delete`, `deleted_with` and `transforms` on to the children.

    Args:
        component: The component.
        opts: The options of the component.
        transforms: The argument `transform` of the component.
        children: The classes of the children.
        subject: Path of the component, for messages.

    Raises:
        ValidationError: The component has an option that would have no effect. Or ``transforms`` has an unknown child.
    """
    reject_options_without_effect(opts, subject=subject)
    depends_on = pulumi.ResourceOptions(depends_on=opts.depends_on) if opts and opts.depends_on else None
    found = validate_transforms(transforms, children, subject=f"{subject}.transform")
    return Children(component, depends_on, found, subject)


def reject_options_without_effect(opts: pulumi.ResourceOptions | None, *, subject: str) -> None:
    """Raises `ValidationError` for an option that has no effect on a component and its children."""
    given = vars(opts) if opts else {}
    for option in _WITHOUT_EFFECT:
        if given.get(option):
            raise ValidationError(
                f"{subject}.opts.{option}",
                "has no effect on a component",
                "Set the option of a child with `transforms` in `ResourceOptions`, or set an argument of the child "
                "with the argument `transform`.",
            )


def _as_secret_as(before: object, after: object) -> object:
    """Returns ``after`` with the dependencies of ``before``, as a secret if ``before`` contains a secret."""
    if not _contains_output(before):
        return after
    return pulumi.Output.all(before, after).apply(lambda both: both[1])


def _contains_output(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_contains_output(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_contains_output(item) for item in value)
    return isinstance(value, pulumi.Output)
