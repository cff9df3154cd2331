import { Client, type ClientConfig } from "pg";
import { version } from "pg/package.json";

import { MissingBinding } from "./service/binding.ts";
import { CONNECT_SECONDS, numbered } from "./service/query.ts";
import { logLine } from "./service/failure.ts";
import { worker } from "./service/worker.ts";

/** The variables of a Worker that dials the database by itself: one connection string, or its parts. */
interface Env {
  DB_URL?: string;
  DB_HOST?: string;
  DB_PORT?: string;
  DB_NAME?: string;
  DB_USERNAME?: string;
  /** The same as `DB_USERNAME`: by the stack file's `names: {user: DB_USER}`. */
  DB_USER?: string;
  DB_PASSWORD?: string;
  DB_SSLMODE?: string;
}

class MissingVariable extends MissingBinding {
  constructor(name: string) {
    super(name);
    this.message = `The variable \`${name}\` is missing. Give this Worker a database by \`direct\`.`;
  }
}

export default worker<Env>({
  name: "pg",
  version,
  async open(env) {
    const client = new Client({ ...address(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
    // Without a listener a connection lost between two queries would end the request as an uncaught exception.
    client.on("error", (error) => console.error(logLine(error)));
    await client.connect();
    return {
      query: async (text, ...parameters) => (await client.query(numbered(text), parameters)).rows,
      // The server keeps a connection that nobody ended until it notices; nobody waits for the goodbye.
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
    // Without it pg connects in clear text wherever the server lets it.
    ssl: env.DB_SSLMODE !== "disable",
  };
}

function stated(env: Env, name: keyof Env): string {
  const value = env[name];
  if (value === undefined) throw new MissingVariable(name);
  return value;
}
