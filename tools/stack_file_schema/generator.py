"""Generates the JSON schema of a stack file from its pydantic models.

The schema contains the keys, types, enums and required keys. It does not contain the checks of validation functions.

All editors support draft 7. Draft 7 ignores the other keys of a schema with `$ref`
(https://json-schema.org/understanding-json-schema/structuring#dollarref, read 2026-11-21). Therefore a description is
next to an `allOf`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from edge_postgres.stack import Settings
from tools.stack_file_schema.descriptions import Descriptions, models_of
from tools.stack_file_schema.shapes import ALTERNATIVES, HIDDEN, REPLACEMENTS, REQUIREMENTS

Json = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Omits titles, which repeat the keys, and `null`, because a user omits a setting instead of setting `null`."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return (
            super().default_schema(schema)
            if _is_shown(schema.get("default"))
            else self.generate_inner(schema["schema"])
        )

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Uses `if` and `then`, so that an editor reports the errors of the chosen model only."""
        union = super().tagged_union_schema(schema)["discriminator"]
        tag, models = union["propertyName"], union["mapping"]
        return {
            "type": "object",
            "required": [tag],
            "properties": {tag: {"enum": list(models)}},
            "allOf": [
                {"if": {"required": [tag], "properties": {tag: {"const": value}}}, "then": {"$ref": model}}
                for value, model in models.items()
            ],
        }


def _is_shown(default: object) -> bool:
    """Returns whether the schema shows a default: an omitted or empty default is not shown."""
    return default is not None and default not in ("", [], {})


def stack_file(components: Mapping[str, Any]) -> Json:
    """Returns the JSON schema of a stack file.

    Args:
        components: Schema of the Pulumi plugin, which contains the descriptions of component arguments.
    """
    root = Settings.model_json_schema(schema_generator=_Generator, ref_template="#/definitions/{model}")
    models: Json = root.pop("$defs")
    keys = {key for model in (root, *models.values()) for key in model.get("properties", {})}
    descriptions = Descriptions(components, frozenset(keys))
    classes = models_of(Settings)
    for name, model in {"Settings": root, **models}.items():
        model.pop("title", None)
        _complete(name, model, classes.get(name), descriptions)
    settings = {_any_project(key): value for key, value in {**root["properties"], **_SECRETS}.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stack file of edge-postgres",
        "type": "object",
        "properties": {**_FILE, "config": {**_CONFIG, "patternProperties": {**settings, **_OTHER_KEYS}}},
        "additionalProperties": False,
        "definitions": {**models, **_SECRET},
    }


def settings_of(schema: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Yields the name and the schema of each top-level setting, such as `databases`."""
    for pattern, found in schema["properties"]["config"]["patternProperties"].items():
        key = pattern.removeprefix("^[^:]+:").removesuffix("$")
        if _any_project(key) == pattern and key.isalpha():
            yield key, found


def _any_project(key: str) -> str:
    """Returns the pattern that matches a key of any Pulumi project, such as `shop:databases`."""
    return f"^[^:]+:{key}$"


def _complete(name: str, model: Json, cls: type[BaseModel] | None, descriptions: Descriptions) -> None:
    """Adds required keys, alternative types and descriptions to the schema of a model.

    Args:
        name: Name of the model.
        model: Schema of the model, which is changed.
        cls: The model. None for a definition that is not a model.
        descriptions: Descriptions of all keys.
    """
    # `transform` replaces arguments that have no setting, so it comes after all settings.
    all_keys = sorted(model.get("properties", {}), key=lambda key: key == "transform")
    properties = {key: model["properties"][key] for key in all_keys if key not in HIDDEN}
    for key, found in properties.items():
        shape = REPLACEMENTS.get(f"{name}.{key}", found)
        if alternative := ALTERNATIVES.get(f"{name}.{key}"):
            default = {"default": shape.pop("default")} if "default" in shape else {}
            shape = {"anyOf": [alternative, shape], **default}
        if "$ref" in shape:
            shape = {**shape, "allOf": [{"$ref": shape["$ref"]}]}
            del shape["$ref"]
        text = descriptions.of(cls, key) if cls else ""
        properties[key] = {"description": text, **shape} if text else shape
    requirements = dict(REQUIREMENTS.get(name, {}))
    required = [key for key in [*model.get("required", ()), *requirements.pop("required", ())] if key not in HIDDEN]
    if properties:
        model.update({"properties": properties, "required": required, **requirements})


# Pulumi's keys of a stack file: `ProjectStack`, sdk/go/common/workspace/project.go at v3.259.0, read 2026-11-21.
_FILE: Json = {
    "secretsprovider": {"type": "string", "description": "Provider that encrypts the secrets; written by Pulumi."},
    "encryptionsalt": {"type": "string", "description": "Salt of the passphrase; written by Pulumi."},
    "encryptedkey": {"type": "string", "description": "Key of the secrets, encrypted; written by Pulumi."},
    "environment": {"description": "Environments of Pulumi ESC whose configuration the stack takes."},
}
_CONFIG: Json = {"type": "object", "additionalProperties": False}
# Keys of other programs and providers are valid, such as `aws:region`. Misspelled settings are not.
_MISSPELLED = (
    "account",
    "accountID",
    "accountid",
    "database",
    "kvs",
    "page",
    "plans",
    "secret",
    "secretStore",
    "worker",
)
_OTHER_KEYS: Json = {f"^[^:]+:(?!({'|'.join(_MISSPELLED)})$).+$": {}}
_SECRETS: Json = {
    "secrets": {
        "description": "Encrypted values of all secrets. Set each value with: "
        "`pulumi config set --secret --path '<project>:secrets.…'`.",
        "allOf": [{"$ref": "#/definitions/secrets"}],
    }
}
_SECRET: Json = {
    "secrets": {
        "type": "object",
        "if": {"required": ["secure"]},
        "then": {"properties": {"secure": {"type": "string"}}, "additionalProperties": False},
        "else": {"additionalProperties": {"$ref": "#/definitions/secrets"}},
    }
}
