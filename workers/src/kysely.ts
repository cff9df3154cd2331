import { type Generated, Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";

// Kysely does not export its package.json.
import { version } from "../node_modules/kysely/package.json";
import { type Env, hyperdrive } from "./service/binding.ts";
import { CONNECT_SECONDS, CONNECTIONS, LIMIT_STATEMENTS } from "./service/query.ts";
import { worker } from "./service/worker.ts";

interface Tables {
  "public.items": { id: Generated<string>; name: string; created_at: Generated<Date> };
}

const COLUMNS = ["id", "name", "created_at"] as const;

export default worker<Env>({
  name: "kysely",
  version,
  async open(env, signal) {
    const pool = new Pool({
      ...hyperdrive(env),
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    });
    // Without a listener, a lost connection would be an uncaught exception. The next query fails with the reason.
    pool.on("error", () => {});
    const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    return {
      query: async <Row extends object>(template: TemplateStringsArray, ...parameters: unknown[]) =>
        (await sql<Row>(template, ...parameters).execute(database)).rows,
      items: {
        first: (count) => database.selectFrom("public.items").select(COLUMNS).orderBy("id").limit(count).execute(),
        add: (name) =>
          database.transaction().execute(async (transaction) => {
            await sql.raw(LIMIT_STATEMENTS).execute(transaction);
            const insert = transaction.insertInto("public.items").values({ name }).returning(COLUMNS);
            const item = await insert.executeTakeFirstOrThrow();
            signal.throwIfAborted();
            return item;
          }),
      },
    };
  },
});
