"""The bindings of a Worker after a refresh.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/custom.go`
(UpdateSecretTextsFromState) at v5.22.0.
"""

from collections.abc import Sequence

from localcloud.provider.property_map import PropertyMap

SECRET = "secret_text"  # noqa: S105  # a type of binding


def merge_bindings(state: Sequence[PropertyMap], server: Sequence[PropertyMap]) -> list[PropertyMap]:
    """Returns the bindings of the state in their order, followed by bindings that only the server has.

    A declared secret that is missing on the server is removed, so that it is written again. A secret that only the
    server has is ignored. Bindings of other types are those of the state, even if the server lost them or has other
    values. A binding of the server with another type is another binding.
    """
    listed, declared = set(map(_key, server)), set(map(_key, state))
    kept = [binding for binding in state if binding["type"] != SECRET or _key(binding) in listed]
    return kept + [binding for binding in server if _key(binding) not in declared and binding["type"] != SECRET]


def _key(binding: PropertyMap) -> tuple[object, object]:
    return binding["type"], binding["name"]
