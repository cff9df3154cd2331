import postgres from "postgres";

// Postgres.js does not export its package.json.
import { version } from "../node_modules/postgres/package.json";
import { type Env, hyperdrive } from "./service/binding.ts";
import { type Item, itemsInSql } from "./service/items.ts";
import { CONNECT_SECONDS, CONNECTIONS, LIMIT_STATEMENTS, type Query } from "./service/query.ts";
import { worker } from "./service/worker.ts";

export default worker<Env>({
  name: "postgres",
  version,
  async open(env, signal) {
    const sql = postgres({
      ...hyperdrive(env),
      max: CONNECTIONS,
      prepare: true, // Hyperdrive caches prepared statements only
      connect_timeout: CONNECT_SECONDS,
      connection: { application_name: nameForFewStarts() },
    });
    const query: Query = (text, ...parameters) => sql(text, ...parameters);
    return {
      query,
      items: {
        first: itemsInSql(query).first,
        add: (name) =>
          sql.begin(async (transaction) => {
            await transaction.unsafe(LIMIT_STATEMENTS);
            const item = await itemsInSql((text, ...parameters) => transaction(text, ...parameters)).add(name);
            signal.throwIfAborted();
            return item;
          }) as Promise<Item>,
      },
    };
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
