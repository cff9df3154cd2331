"""The JSON schema of a stack file, from the models that read it.

It knows keys, types, words, and what has to be stated. A rule that is code, the program says alone.

Draft 7 is what editors have in common. There, what stands beside a `$ref` is ignored
(https://json-schema.org/understanding-json-schema/structuring#dollarref, read 2026-11-21), so a text stands beside an
`allOf`.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from localcloud.stack_file import PROJECT
from settings import Settings
from tools.stack_file_schema.shapes import BESIDES, INSTEAD, NEEDED, UNSAID
from tools.stack_file_schema.texts import Texts

Json = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Without titles, which repeat the keys, and without `null`: a key that says nothing is left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return super().default_schema(schema) if schema.get("default") else self.generate_inner(schema["schema"])

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """By `if` and `then`: a fault is told of the one that is meant, not of all."""
        told = super().tagged_union_schema(schema)["discriminator"]
        tag, models = told["propertyName"], told["mapping"]
        return {
            "type": "object",
            "required": [tag],
            "properties": {tag: {"enum": list(models)}},
            "allOf": [
                {"if": {"required": [tag], "properties": {tag: {"const": word}}}, "then": {"$ref": model}}
                for word, model in models.items()
            ],
        }


def stack_file(components: Mapping[str, Any]) -> Json:
    """The schema; ``components`` is what other languages get of the components, with the texts of their arguments."""
    root = Settings.model_json_schema(schema_generator=_Generator, ref_template="#/definitions/{model}")
    models: Json = root.pop("$defs")
    keys = {key for model in (root, *models.values()) for key in model.get("properties", {})}
    texts = Texts(components, frozenset(keys))
    for name, model in {"Settings": root, **models}.items():
        model.pop("title", None)
        _complete(name, model, texts)
    settings = {f"{PROJECT}:{key}": value for key, value in root["properties"].items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Stack file of {PROJECT}",
        "type": "object",
        "properties": {**_FILE, "config": {**_CONFIG, "properties": {**settings, **_SECRETS}}},
        "additionalProperties": False,
        "definitions": {**models, **_SECRET},
    }


def _complete(name: str, model: Json, texts: Texts) -> None:
    """Adds to a model what its rules want, what they take besides, and the texts of its keys."""
    properties = {key: found for key, found in model.get("properties", {}).items() if key not in UNSAID}
    for key, found in properties.items():
        shape = INSTEAD.get(f"{name}.{key}", found)
        if besides := BESIDES.get(f"{name}.{key}"):
            default = {"default": shape.pop("default")} if "default" in shape else {}
            shape = {"anyOf": [besides, shape], **default}
        if "$ref" in shape:
            shape = {**shape, "allOf": [{"$ref": shape["$ref"]}]}
            del shape["$ref"]
        text = texts.of(name, key)
        properties[key] = {"description": text, **shape} if text else shape
    needed = dict(NEEDED.get(name, {}))
    required = [key for key in [*model.get("required", ()), *needed.pop("required", ())] if key not in UNSAID]
    if properties:
        model.update({"properties": properties, "required": required, **needed})


# What Pulumi has in a stack file: `ProjectStack`, sdk/go/common/workspace/project.go at v3.259.0, read 2026-11-21.
_FILE: Json = {
    "secretsprovider": {"type": "string", "description": "What encrypts the secrets; written by Pulumi."},
    "encryptionsalt": {"type": "string", "description": "Salt of the passphrase; written by Pulumi."},
    "encryptedkey": {"type": "string", "description": "Key of the secrets, encrypted; written by Pulumi."},
    "environment": {"description": "Environments of Pulumi ESC whose configuration the stack takes."},
}
# Keys of other programs and providers, `aws:region`, are their matter.
_CONFIG: Json = {
    "type": "object",
    "patternProperties": {f"^(?!{PROJECT}:)[^:]+:.+$": {}},
    "additionalProperties": False,
}
_SECRETS: Json = {
    f"{PROJECT}:secrets": {
        "description": f"Set, never written: `pulumi config set --secret --path '{PROJECT}:secrets.…'`.",
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
