import { Client, type ClientConfig } from "pg";
import { version } from "pg/package.json";

import { MissingBinding } from "./service/binding.ts";
import { inTransaction, queryOf } from "./service/pg.ts";
import { CONNECT_SECONDS, type Query, sequence } from "./service/query.ts";
import { worker } from "./service/worker.ts";

/** The variables of a Worker with direct TCP: one connection string, or its parts. */
interface Env {
  DB_URL?: string;
  DB_HOST?: string;
  DB_PORT?: string;
  DB_NAME?: string;
  DB_USERNAME?: string;
  /** Alternative to `DB_USERNAME`, which the stack file sets with `names: {user: DB_USER}`. */
  DB_USER?: string;
  DB_PASSWORD?: string;
  DB_SSLMODE?: string;
}

class MissingVariable extends MissingBinding {
  constructor(name: string) {
    super(name);
    this.message = `The variable \`${name}\` is missing. Configure \`direct\` for this Worker.`;
  }
}

export default worker<Env>({
  name: "pg",
  version,
  async open(env, signal) {
    const client = new Client({ ...address(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
    // Without a listener, a lost connection would be an uncaught exception. The next query fails with the reason.
    client.on("error", () => {});
    await client.connect();
    const inTurn = sequence();
    const ask = queryOf(client);
    // A setting of the connection would need fewer round trips. A pooler such as PgBouncer may reject it, or keep it
    // for other clients.
    const query: Query = (text, ...parameters) =>
      inTurn(() => inTransaction(client, signal, () => ask(text, ...parameters)));
    return {
      query,
      // Without this the server would keep the connection. The response does not wait for the end.
      close: () => client.end(),
    };
  },
});

function address(env: Env): ClientConfig {
  if (env.DB_URL !== undefined) return { connectionString: env.DB_URL };
  return {
    host: required(env, "DB_HOST"),
    port: Number(required(env, "DB_PORT")),
    database: required(env, "DB_NAME"),
    user: env.DB_USER ?? required(env, "DB_USERNAME"),
    password: required(env, "DB_PASSWORD"),
    // Without this setting pg connects without TLS if the server allows it.
    ssl: env.DB_SSLMODE !== "disable",
  };
}

function required(env: Env, name: keyof Env): string {
  const value = env[name];
  if (value === undefined) throw new MissingVariable(name);
  return value;
}
