"""`MtlsCertificate`: a row of `cloudflare_private.py` with a special rule for replacements.

Source: github.com/cloudflare/terraform-provider-cloudflare v5.22.0, `internal/utils/cert_normalizations.go`, and the
empty `Update` of `internal/services/mtls_certificate/resource.go`.
"""

from dataclasses import dataclass

from localcloud.provider.property_map import PropertyMap
from localcloud.provider.rest_resource import RestResource


@dataclass(frozen=True, kw_only=True)
class MtlsCertificate(RestResource):
    """The resource type of uploaded certificates."""

    def needs_replacement(self, name: str, state: PropertyMap, inputs: PropertyMap) -> bool:
        """A difference of newlines alone is an update, which sends nothing and remains in the next preview."""
        if name == "certificates":
            return _normalized(state.get(name)) != _normalized(inputs.get(name))
        return super().needs_replacement(name, state, inputs)


def _normalized(certificates: object) -> object:
    if not isinstance(certificates, str):
        return certificates
    return certificates.replace("\r\n", "\n").strip()


MTLS_CERTIFICATE = MtlsCertificate(
    type="cloudflare:index/mtlsCertificate:MtlsCertificate",
    collection="accounts/{accountId}/mtls_certificates",
    item="accounts/{accountId}/mtls_certificates/{id}",
    import_ids=("{accountId}/{id}",),
    update_method=None,
)
