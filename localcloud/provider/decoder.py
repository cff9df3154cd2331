"""The state of a resource from a response of the API.

Source: github.com/cloudflare/terraform-provider-cloudflare v5.22.0, `internal/apijson/decoder.go`: `Unmarshal` in
reads, and `UnmarshalComputed` in creates and updates.
"""

from typing import Any

from edge_postgres.core.cloudflare_schema import Attribute
from localcloud.provider.property_map import PropertyMap, is_unset


def read_answer(schema: Attribute, answer: PropertyMap, state: PropertyMap) -> PropertyMap:
    """Returns the state after a read. It has all values of the answer, whether or not the program declares them."""
    return _object(schema, answer, state, only_computed=False)


def complete(schema: Attribute, answer: PropertyMap, planned: PropertyMap) -> PropertyMap:
    """Returns the state after a create or an update: the plan, with the answer's values where the API sets them."""
    return _object(schema, answer, planned, only_computed=True)


def _object(schema: Attribute, answer: Any, prior: Any, *, only_computed: bool) -> PropertyMap:
    now = answer if isinstance(answer, dict) else {}
    then = prior if isinstance(prior, dict) else {}
    values = {
        name: _value(child, now.get(name), then.get(name), only_computed) for name, child in schema.children.items()
    }
    return {name: value for name, value in values.items() if value is not None}


def _value(attribute: Attribute, answer: Any, prior: Any, only_computed: bool) -> Any:
    prior = None if is_unset(prior) else prior
    if only_computed:
        if attribute.mode != "read-only":
            is_given = prior is not None or attribute.mode != "optional+computed"
            return _nested(attribute, answer, prior) if is_given else _decoded(attribute, answer, None)
        return prior if attribute.no_refresh and answer is None else answer
    if attribute.no_refresh:
        return prior
    # The source does not have attributes that only the SDK has. Here a read neither adds nor removes them.
    return prior if attribute.newer and (prior is None or answer is None) else _decoded(attribute, answer, prior)


def _nested(attribute: Attribute, answer: Any, prior: Any) -> Any:
    """Returns a planned value, in which the answer sets only computed values below."""
    if not attribute.children:
        return prior
    if isinstance(prior, list):
        now = [*(answer or []), *([None] * len(prior))]
        return [_object(attribute, now[index], each, only_computed=True) for index, each in enumerate(prior)]
    if isinstance(prior, dict) and attribute.type == "map":
        by_key = answer or {}
        return {key: _object(attribute, by_key.get(key), each, only_computed=True) for key, each in prior.items()}
    return _object(attribute, answer, prior, only_computed=True) if isinstance(prior, dict) else prior


def _decoded(attribute: Attribute, answer: Any, prior: Any) -> Any:
    if attribute.type == "map":
        return _decoded_map(attribute, answer, prior)
    if not attribute.children:
        return answer
    if attribute.type != "object":
        then = [*(prior if isinstance(prior, list) else []), *([None] * len(answer or []))]
        elements = enumerate(answer or [])
        decoded = [_object(attribute, each, then[index], only_computed=False) for index, each in elements]
        return None if answer is None else decoded
    # A declared object that the answer lacks stays, without values. It is a pointer in the official plugin.
    is_pointer = attribute.mode != "optional+computed"
    if answer is None and not (is_pointer and prior is not None):
        return None
    return _object(attribute, answer, prior, only_computed=False)


def _decoded_map(attribute: Attribute, answer: Any, prior: Any) -> Any:
    """Returns a map. An empty answer does not change it, and neither does a missing one, unless the API sets it."""
    if not answer:
        return None if answer is None and attribute.mode == "optional+computed" else prior
    if not attribute.children:
        return answer
    then = prior if isinstance(prior, dict) else {}
    return {key: _object(attribute, each, then.get(key), only_computed=False) for key, each in answer.items()}
