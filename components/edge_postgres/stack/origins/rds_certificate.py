"""The CA that signs the certificate of a server on Amazon RDS, and the CA that Hyperdrive verifies it with."""

from typing import Self

from pydantic import ValidationInfo

from edge_postgres.origins.rds.authorities import reject_other_ca
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import context_of
from edge_postgres.stack.origins.database import Database


class RdsCertificate(Database):
    """A database whose certificate a CA of RDS signs."""

    ca_identifier: str | None = None
    """Identifier of the CA that signs the certificate of the server. `hyperdrive.tls` must select the same CA. Default:
    `rds-ca-rsa2048-g1`."""

    @rule
    def _hyperdrive_has_this_ca(self, info: ValidationInfo) -> Self:
        tls = self.hyperdrive.tls if self.hyperdrive else None
        if tls and (name := tls.ca_name(context_of(info).root)):
            reject_other_ca(name, self.ca_identifier, subject="hyperdrive.tls.ca_common_name")
        return self
