"""Conversion of properties between protobuf structs of the engine and plain values with the paths of secrets."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from localcloud.provider.errors import ProviderError
from localcloud.provider.property_map import UNKNOWN, Path, PropertyMap, is_among

# One string per type of an unknown value: github.com/pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go, 2026-11.
UNKNOWN_STRINGS = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


@dataclass(frozen=True)
class Properties:
    """Plain values, and the paths of secrets."""

    values: PropertyMap
    """Values without nulls in dictionaries, and with integers as int."""
    secrets: frozenset[Path]

    def secret_texts(self, patterns: Collection[Path] = ()) -> set[str]:
        """Returns every string that is secret by its mark or by one of the patterns."""
        return set(_texts(self.values, (), {*self.secrets, *patterns}, secret=False))


def decode(struct: struct_pb2.Struct) -> Properties:
    secrets: set[Path] = set()
    values = {key: _decoded(value, (key,), secrets) for key, value in struct.fields.items()}
    return Properties(_without_nulls(values), frozenset(secrets))


def encode(values: PropertyMap, secrets: Collection[Path] = ()) -> struct_pb2.Struct:
    return struct_pb2.Struct(
        fields={key: _encoded(value, (key,), secrets) for key, value in values.items() if value is not None}
    )


def _decoded(value: struct_pb2.Value, path: Path, secrets: set[Path]) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWN_STRINGS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decoded(item, (*path, "*"), secrets) for item in value.list_value.values]
        case "struct_value":
            return _decoded_struct(value.struct_value, path, secrets)
    return None


def _decoded_struct(struct: struct_pb2.Struct, path: Path, secrets: set[Path]) -> Any:
    fields = struct.fields
    if rpc._special_sig_key not in fields:
        return _without_nulls({key: _decoded(item, (*path, key), secrets) for key, item in fields.items()})
    signature = fields[rpc._special_sig_key].string_value
    if signature == rpc._special_secret_sig:
        secrets.add(path)
        return _decoded(fields["value"], path, secrets)
    if signature == rpc._special_output_value_sig:
        if fields["secret"].bool_value:
            secrets.add(path)
        return _decoded(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    if signature == rpc._special_resource_sig:
        return _decoded(fields["id"], path, secrets) or UNKNOWN
    raise ProviderError(
        f"`{'.'.join(path)}` is an asset or archive, which the local cloud's provider does not support. Use a plain "
        "value."
    )


def _without_nulls(values: PropertyMap) -> PropertyMap:
    return {key: value for key, value in values.items() if value is not None}


def _encoded(value: Any, path: Path, secrets: Collection[Path]) -> struct_pb2.Value:
    if is_among(path, secrets):
        fields = {
            rpc._special_sig_key: struct_pb2.Value(string_value=rpc._special_secret_sig),
            "value": _encoded(value, path, ()),
        }
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=rpc.UNKNOWN)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, list):
        items = [_encoded(item, (*path, "*"), secrets) for item in value]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    return struct_pb2.Value(
        struct_value=struct_pb2.Struct(
            fields={key: _encoded(item, (*path, key), secrets) for key, item in value.items() if item is not None}
        )
    )


def _texts(value: Any, path: Path, secrets: Collection[Path], *, secret: bool) -> list[str]:
    secret = secret or is_among(path, secrets)
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in _texts(item, (*path, key), secrets, secret=secret)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, (*path, "*"), secrets, secret=secret)]
    return [value] if secret and isinstance(value, str) else []
