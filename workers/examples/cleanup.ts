// Deletes old items on a schedule, in small transactions. It needs `pg`.
// `wrangler types` generates `Env`, here with the binding `HYPERDRIVE` and the variable `KEEP_DAYS`.
import { Client } from "pg";

/** The database ends a statement after this time, also if this Worker has ended. */
const LIMIT = "set local statement_timeout = 8000";
/** A run ends after this number of transactions. The next run deletes the rest. */
const MOST_BATCHES = 100;
/** Two runs at the same time do not delete the same rows, and no run waits for another. */
const DELETE = `
  delete from items where id in (
    select id from items where created_at < now() - make_interval(days => $1) order by id limit 500
    for update skip locked)`;

export default {
  /** The schedule needs no address, so the Worker has no path. */
  fetch: () => new Response("Not found.", { status: 404 }),

  async scheduled(controller, env) {
    const days = Number(env.KEEP_DAYS);
    // A wrong variable must not delete new rows.
    if (!Number.isSafeInteger(days) || days < 1) {
      console.error(JSON.stringify({ cron: controller.cron, error: "KEEP_DAYS must be an integer of at least 1" }));
      throw new Error("KEEP_DAYS is invalid");
    }
    const { host, port, user, password, database } = env.HYPERDRIVE;
    const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 4000 });
    client.on("error", () => {}); // the statement fails with the reason
    let deleted = 0;
    try {
      await client.connect();
      for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
        const rows = await deleteBatch(client, days);
        deleted += rows;
        if (rows === 0) break;
      }
      console.log(JSON.stringify({ cron: controller.cron, deleted }));
    } catch (error) {
      const { name, code = name } = error as { name: string; code?: string };
      console.error(JSON.stringify({ cron: controller.cron, deleted, code }));
      throw new Error(code); // Cloudflare shows the run as failed; a message of the database can contain values
    } finally {
      await client.end();
    }
  },
} satisfies ExportedHandler<Env>;

/** Returns the number of deleted rows. */
async function deleteBatch(client: Client, days: number): Promise<number> {
  await client.query(`begin; ${LIMIT}`);
  const { rowCount } = await client.query(DELETE, [days]);
  await client.query("commit");
  return rowCount ?? 0;
}
