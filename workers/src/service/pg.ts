import type { Client } from "pg";

import { LIMIT_STATEMENTS, numbered, type Query } from "./query.ts";

/** Returns a query of a client of pg. */
export function queryOf(client: Client): Query {
  return async (text, ...parameters) => (await client.query(numbered(text), parameters)).rows;
}

/** Runs `work` in a transaction whose statements the database ends after their time. */
export async function inTransaction<Result>(
  client: Client,
  signal: AbortSignal,
  work: () => Promise<Result>,
  begin = "begin",
): Promise<Result> {
  // Both statements in one round trip.
  await client.query(`${begin}; ${LIMIT_STATEMENTS}`);
  try {
    const result = await work();
    signal.throwIfAborted();
    await client.query("commit");
    return result;
  } catch (error) {
    // A lost connection cannot be rolled back, and needs no rollback.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}
