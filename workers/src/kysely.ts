import { type Generated, Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";

// Kysely does not export its package.json.
import { version } from "../node_modules/kysely/package.json";
import { type Env, hyperdrive } from "./service/binding.ts";
import { CONNECT_SECONDS, CONNECTIONS } from "./service/query.ts";
import { logLine } from "./service/failure.ts";
import { worker } from "./service/worker.ts";

interface Tables {
  "public.items": { id: Generated<string>; name: string; created_at: Generated<Date> };
}

const COLUMNS = ["id", "name", "created_at"] as const;

export default worker<Env>({
  name: "kysely",
  version,
  async open(env) {
    const pool = new Pool({
      ...hyperdrive(env),
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    });
    // Without a listener, a connection that is lost between two queries would be an uncaught exception.
    pool.on("error", (error) => console.error(logLine(error)));
    const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    return {
      query: async <Row extends object>(template: TemplateStringsArray, ...parameters: unknown[]) =>
        (await sql<Row>(template, ...parameters).execute(database)).rows,
      items: {
        first: (count) => database.selectFrom("public.items").select(COLUMNS).orderBy("id").limit(count).execute(),
        add: (name) => database.insertInto("public.items").values({ name }).returning(COLUMNS).executeTakeFirstOrThrow(),
      },
    };
  },
});
