import postgres from "postgres";

// Postgres.js does not list its package.json among its exports.
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
      fetch_types: false, // only array types need the extra round trip
      prepare: true, // Hyperdrive caches prepared statements only
      connect_timeout: CONNECT_SECONDS,
      connection: { application_name: nameForFewStarts() },
    });
    return { query: (text, ...parameters) => sql(text, ...parameters) };
  },
});

/**
 * The name of the connections, which can be written once for each of them.
 *
 * When the other end closes during start-up, Postgres.js 3.4.9 starts again at once and without end: thousands of times
 * a second, past its time-out (porsager/postgres#1193). It writes this name at every start: the place to stop it.
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
