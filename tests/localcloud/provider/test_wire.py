"""Conversion of properties to and from the engine's format."""

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from localcloud.provider.property_map import UNKNOWN, paths
from localcloud.provider.wire import UNKNOWN_STRINGS, decode, encode


def struct(**values: object) -> struct_pb2.Struct:
    result = struct_pb2.Struct()
    result.update(values)
    return result


def marked(signature: str, **fields: object) -> dict:
    return {rpc._special_sig_key: signature, **fields}


def test_encoded_properties_are_decoded_unchanged():
    values = {"a": [1, 2.5, True, "x", {"b": UNKNOWN}], "c": {"Ä.b": []}, "d": {}}
    secrets = paths("a.*.b") | {("c", "Ä.b")}
    found = decode(encode(values, secrets))
    assert (found.values, found.secrets) == (values, secrets)


def test_integers_are_int_and_booleans_are_bool():
    found = decode(struct(port=5432, enabled=True)).values
    assert (type(found["port"]), type(found["enabled"])) == (int, bool)


def test_nulls_count_as_omitted():
    assert decode(struct(a=None, b={"c": None})).values == {"b": {}}


def test_every_kind_of_unknown_value_is_recognized():
    for text in UNKNOWN_STRINGS:
        assert decode(struct(a=text)).values == {"a": UNKNOWN}


def test_a_secret_inside_a_list_marks_its_path_in_all_items():
    found = decode(struct(a=[{"text": marked(rpc._special_secret_sig, value="s")}, {"text": "plain"}]))
    assert found.values == {"a": [{"text": "s"}, {"text": "plain"}]}
    assert found.secrets == paths("a.*.text")


def test_an_output_value_is_decoded_to_its_value():
    signature = rpc._special_output_value_sig
    found = decode(struct(a=marked(signature, value="v", secret=True), b=marked(signature, secret=False)))
    assert (found.values, found.secrets) == ({"a": "v", "b": UNKNOWN}, paths("a"))


def test_a_resource_reference_is_decoded_to_its_id():
    signature = rpc._special_resource_sig
    found = decode(struct(a=marked(signature, urn="u", id="i"), b=marked(signature, urn="u", id="")))
    assert found.values == {"a": "i", "b": UNKNOWN}


def test_a_secret_wraps_the_complete_value():
    found = encode({"a": {"b": "c"}}, paths("a")).fields["a"].struct_value.fields
    assert found[rpc._special_sig_key].string_value == rpc._special_secret_sig
    assert found["value"].struct_value.fields["b"].string_value == "c"
