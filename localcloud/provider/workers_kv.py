"""`WorkersKv`: a resource type whose value is the request body, which is not JSON."""

import json
from dataclasses import dataclass

from localcloud.provider.property_map import PropertyMap
from localcloud.provider.rest import Api, ApiError
from localcloud.provider.rest_resource import RestResource, expand_path


@dataclass(frozen=True, kw_only=True)
class KvValue(RestResource):
    """The resource type of KV values."""

    metadata: str

    def create(self, client: Api, inputs: PropertyMap) -> tuple[str, PropertyMap]:
        self._write(client, inputs)
        return self.id_of(inputs), inputs | {"id": self.id_of(inputs)}

    def update(self, client: Api, state: PropertyMap, new: PropertyMap) -> PropertyMap:
        self._write(client, new)
        return new | {"id": state["id"]}

    def read(self, client: Api, state: PropertyMap) -> PropertyMap | None:
        try:
            value = client.send("GET", expand_path(self.item, state)).text
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        now = {name: state[name] for name in self.path_fields if name in state} | {"value": value}
        metadata = self._metadata(client, state)
        return now | ({} if metadata is None else {"metadata": metadata}) | {"id": self.id_of(now)}

    def _write(self, client: Api, inputs: PropertyMap) -> None:
        parts = [(name, (None, inputs[name])) for name in ("value", "metadata") if name in inputs]
        client.send("PUT", expand_path(self.item, inputs), files=parts)

    def _metadata(self, client: Api, state: PropertyMap) -> str | None:
        """Returns the metadata, in the declared form if both have the same meaning."""
        declared = state.get("metadata")
        try:
            actual = client.result("GET", expand_path(self.metadata, state))
        except ApiError:
            return declared  # the official plugin ignores a failure here
        if actual is None:
            return None
        if declared is not None and _parsed(declared) == actual:
            return str(declared)
        return actual if isinstance(actual, str) else json.dumps(actual, separators=(",", ":"))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


WORKERS_KV = KvValue(
    type="cloudflare:index/workersKv:WorkersKv",
    collection="accounts/{accountId}/storage/kv/namespaces/{namespaceId}/values/{keyName}",
    item="accounts/{accountId}/storage/kv/namespaces/{namespaceId}/values/{keyName}",
    metadata="accounts/{accountId}/storage/kv/namespaces/{namespaceId}/metadata/{keyName}",
    import_ids=("{accountId}/{namespaceId}/{keyName}",),
    id="{keyName}",
    unsupported=(
        "expiration",
        "expirationTtl",
    ),
)
