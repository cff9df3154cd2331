"""The bindings of a Worker after a read.

Source: github.com/cloudflare/terraform-provider-cloudflare, `internal/services/workers_script/custom.go`
(UpdateSecretTextsFromState) at v5.22.0.
"""

from collections.abc import Sequence

from localcloud.provider.tree import Tree

SECRET = "secret_text"  # noqa: S105  # a type of binding


def merged_bindings(state: Sequence[Tree], server: Sequence[Tree]) -> list[Tree]:
    """The state's bindings in their order, then those that only the server has.

    A declared secret that the server lost goes, so that it is written again; a secret that only the server has is
    not the program's. Bindings of other types are taken from the state: a change of theirs elsewhere is not seen.
    """
    listed = {binding["name"] for binding in server}
    declared = {binding["name"] for binding in state}
    kept = [binding for binding in state if binding["name"] in listed]
    return kept + [binding for binding in server if binding["name"] not in declared and binding["type"] != SECRET]
