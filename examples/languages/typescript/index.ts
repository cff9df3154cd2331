import * as edge from "@pulumi/edge-postgres";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const accountId = config.require("accountId");

const database = new edge.ExistingPostgres("database", { url: config.requireSecret("databaseUrl") });

const hyperdrive = new edge.Hyperdrive("hyperdrive", {
  accountId,
  origin: database.origin,
  connectionLimit: 10,
  caching: { disabled: true },
});

const api = new edge.Worker("api", {
  accountId,
  bundle: config.require("bundle"),
  driver: edge.Driver.PG,
  compatibilityDate: "2026-11-01",
  hyperdrive: { HYPERDRIVE: hyperdrive.hyperdriveId },
});

export const script = api.scriptName;
