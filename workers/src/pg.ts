import { Client } from "pg";
import { version } from "pg/package.json";

import { type Env, hyperdrive } from "./service/binding.ts";
import { CONNECT_SECONDS, inTurn, numbered } from "./service/query.ts";
import { logLine } from "./service/failure.ts";
import { worker } from "./service/worker.ts";

export default worker<Env>({
  name: "pg",
  version,
  async open(env) {
    const client = new Client({
      ...hyperdrive(env),
      connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    });
    // Without a listener, a connection that is lost between two queries would be an uncaught exception.
    client.on("error", (error) => console.error(logLine(error)));
    await client.connect();
    return {
      query: inTurn(async (text, ...parameters) => (await client.query(numbered(text), parameters)).rows),
    };
  },
});
