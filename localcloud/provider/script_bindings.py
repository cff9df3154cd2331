"""The bindings of a Worker after a refresh.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/custom.go`
(UpdateSecretTextsFromState) at v5.22.0.
"""

from collections.abc import Sequence

from localcloud.provider.property_map import PropertyMap, paths

JSON_TEXTS = paths("bindings.*.json", "bindings.*.algorithm", "bindings.*.keyJwk")
SECRET = "secret_text"  # noqa: S105  # a type of binding


def merge_bindings(state: Sequence[PropertyMap], server: Sequence[PropertyMap]) -> list[PropertyMap]:
    """Returns the bindings of the state in their order, followed by bindings that only the server has.

    A declared secret that is missing on the server is removed, so that it is written again. A secret that only the
    server has is ignored. Bindings of other types are those of the state, so that changes outside Pulumi are not
    detected.
    """
    listed = {binding["name"] for binding in server}
    declared = {binding["name"] for binding in state}
    kept = [binding for binding in state if binding["name"] in listed]
    return kept + [binding for binding in server if binding["name"] not in declared and binding["type"] != SECRET]
