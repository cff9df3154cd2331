// An existing database behind Hyperdrive with a cache, and a Worker with a variable and a secret.
import * as edge from "@pulumi/edge-postgres";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const accountId = config.require("accountId");

const database = new edge.ExistingPostgres("main", { url: config.requireSecret("databaseUrl") });
const hyperdrive = new edge.Hyperdrive("main", {
  accountId,
  origin: database.origin,
  connectionLimit: 20,
  caching: { maxAge: 60, staleWhileRevalidate: 15 },
});
const worker = new edge.Worker("api", {
  accountId,
  bundle: config.require("bundle"),
  driver: edge.Driver.PG,
  compatibilityDate: "2026-11-01",
  hyperdrive: { HYPERDRIVE: hyperdrive.hyperdriveId },
  vars: { LOG_LEVEL: "info" },
  secrets: { API_KEY: config.requireSecret("apiKey") },
});

export const script = worker.scriptName;
