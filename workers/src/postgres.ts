import postgres from "postgres";

// Postgres.js does not export its package.json.
import { version } from "../node_modules/postgres/package.json";
import { type Env, hyperdrive } from "./service/binding.ts";
import { CONNECT_SECONDS, CONNECTIONS } from "./service/query.ts";
import { worker } from "./service/worker.ts";

export default worker<Env>({
  name: "postgres",
  version,
  async open(env) {
    const sql = postgres({
      ...hyperdrive(env),
      max: CONNECTIONS,
      fetch_types: false, // only array types need the additional round trip
      prepare: true, // Hyperdrive caches prepared statements only
      connect_timeout: CONNECT_SECONDS,
      connection: { application_name: nameForFewStarts() },
    });
    return { query: (text, ...parameters) => sql(text, ...parameters) };
  },
});

/**
 * The application name, which can be read once per connection.
 *
 * If the server closes a connection during startup, Postgres.js 3.4.9 reconnects immediately and forever, thousands of
 * times per second and beyond its timeout (porsager/postgres#1193). It reads this name at every start, which allows to
 * stop it here.
 */
function nameForFewStarts(): string {
  let starts = 0;
  const name = {
    toString() {
      starts += 1;
      if (starts > CONNECTIONS) throw new Error("the connection was closed during every start");
      return "edge-postgres";
    },
  };
  return name as unknown as string;
}
