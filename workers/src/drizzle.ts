import { DrizzleQueryError, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigserial, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { Pool } from "pg";

// Drizzle does not export its package.json.
import { version } from "../node_modules/drizzle-orm/package.json";
import { type Env, hyperdrive } from "./service/binding.ts";
import { CONNECT_SECONDS, CONNECTIONS, LIMIT_STATEMENTS } from "./service/query.ts";
import { only } from "./service/items.ts";
import { worker } from "./service/worker.ts";

const items = pgTable("items", {
  id: bigserial({ mode: "bigint" }).primaryKey(),
  name: text().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

export default worker<Env>({
  name: "drizzle",
  version,
  async open(env, signal) {
    const pool = new Pool({
      ...hyperdrive(env),
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    });
    // Without a listener, a lost connection would be an uncaught exception. The next query fails with the reason.
    pool.on("error", () => {});
    const database = drizzle(pool);
    return {
      query: async <Row extends object>(template: TemplateStringsArray, ...parameters: unknown[]) => {
        const { rows } = await unwrapped(database.execute(sql(template, ...parameters)));
        return rows as Row[];
      },
      items: {
        first: (count) => unwrapped(database.select().from(items).orderBy(items.id).limit(count)),
        add: (name) =>
          unwrapped(
            database.transaction(async (transaction) => {
              await transaction.execute(sql.raw(LIMIT_STATEMENTS));
              const item = only(await transaction.insert(items).values({ name }).returning());
              signal.throwIfAborted();
              return item;
            }),
          ),
      },
    };
  },
});

/** Drizzle's error contains the values of parameters in its message. Its cause is the error of the server. */
async function unwrapped<Result>(work: PromiseLike<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof DrizzleQueryError ? error.cause : error;
  }
}
