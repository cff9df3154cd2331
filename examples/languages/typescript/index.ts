import * as edge from "@pulumi/edge-postgres";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const accountId = config.require("accountId");

const database = new edge.ExistingPostgres("database", { url: config.requireSecret("databaseUrl") });

const hyperdrive = new edge.Hyperdrive("hyperdrive", {
  accountId,
  // Field by field, because `database.origin` as a whole is rejected. Three of the fields are optional outputs.
  origin: {
    host: database.host.apply((host) => host!),
    port: database.port.apply((port) => port!),
    database: database.database,
    user: database.user,
    password: database.password,
    sslmode: database.sslmode.apply((sslmode) => sslmode!),
  },
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
