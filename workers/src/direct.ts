import { Client, type ClientConfig } from "pg";
import { version } from "pg/package.json";

import { MissingBinding } from "./service/binding.ts";
import { CONNECT_SECONDS, numbered } from "./service/query.ts";
import { logLine } from "./service/failure.ts";
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
  async open(env) {
    const client = new Client({ ...address(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
    // Without a listener, a connection that is lost between two queries would be an uncaught exception.
    client.on("error", (error) => console.error(logLine(error)));
    await client.connect();
    return {
      query: async (text, ...parameters) => (await client.query(numbered(text), parameters)).rows,
      // Without this the server would keep the connection. The response does not wait for the end.
      close: () => client.end(),
    };
  },
});

function address(env: Env): ClientConfig {
  if (env.DB_URL !== undefined) return { connectionString: env.DB_URL };
  return {
    host: stated(env, "DB_HOST"),
    port: Number(stated(env, "DB_PORT")),
    database: stated(env, "DB_NAME"),
    user: env.DB_USER ?? stated(env, "DB_USERNAME"),
    password: stated(env, "DB_PASSWORD"),
    // Without this setting pg connects without TLS if the server allows it.
    ssl: env.DB_SSLMODE !== "disable",
  };
}

function stated(env: Env, name: keyof Env): string {
  const value = env[name];
  if (value === undefined) throw new MissingVariable(name);
  return value;
}
