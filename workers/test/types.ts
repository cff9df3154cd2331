/**
 * Shows the JavaScript value of a Postgres value by driver: `POST /pg` with `{"type": "bigint", "literal": "'42'"}`.
 * `GET /postgres/stream` reads a result in parts, and returns the number of rows in each part.
 *
 * It runs in the Workers runtime for the pages in docs/drivers/.
 */
import { PrismaPg } from "@prisma/adapter-pg";
import { defaultClientConfig, prismaPostgres } from "@prisma/ppg";
import { type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { CompiledQuery, Kysely, PostgresDialect } from "kysely";
import { Client, Pool } from "pg";
import postgres from "postgres";

import { PrismaClient } from "../generated/prisma/client.ts";

/** Runs a statement whose `$1` is a parameter. Returns the column `value` of its row. */
type Ask = (text: string, ...parameters: unknown[]) => Promise<unknown>;
type Row = { value: unknown };
type Open = (env: Env) => Promise<{ ask: Ask; close: () => Promise<unknown> }>;

const openers: Record<string, Open> = {
  async pg({ HYPERDRIVE: { connectionString } }) {
    const client = new Client({ connectionString });
    await client.connect();
    const ask: Ask = async (text, ...parameters) => (await client.query<Row>(text, parameters)).rows[0]?.value;
    return { ask, close: () => client.end() };
  },
  async postgres({ HYPERDRIVE: { connectionString } }) {
    const client = postgres(connectionString, { max: 1 });
    const ask: Ask = async (text, ...parameters) => {
      // The call of a tagged template.
      const parts = text.split("$1");
      const [row] = await client<Row[]>(Object.assign(parts, { raw: parts }), ...(parameters as string[]));
      return row?.value;
    };
    return { ask, close: () => client.end() };
  },
  async drizzle({ HYPERDRIVE: { connectionString } }) {
    const client = new Client({ connectionString });
    await client.connect();
    const database = drizzle(client);
    const ask: Ask = async (text, ...parameters) => {
      const [before, after] = text.split("$1");
      const statement: SQL = after ? sql`${sql.raw(before!)}${sql.param(parameters[0])}${sql.raw(after)}` : sql.raw(text);
      return (await database.execute<Row>(statement)).rows[0]?.value;
    };
    return { ask, close: () => client.end() };
  },
  async kysely({ HYPERDRIVE: { connectionString } }) {
    const database = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString, max: 1 }) }) });
    const ask: Ask = async (text, ...parameters) =>
      (await database.executeQuery(CompiledQuery.raw(text, parameters) as CompiledQuery<Row>)).rows[0]?.value;
    return { ask, close: () => database.destroy() };
  },
  async prisma({ HYPERDRIVE: { connectionString } }) {
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 1 }) });
    const ask: Ask = async (text, ...parameters) => (await prisma.$queryRawUnsafe<Row[]>(text, ...parameters))[0]?.value;
    return { ask, close: () => prisma.$disconnect() };
  },
  async ppg({ PRISMA_DIRECT_TCP_URL }) {
    const ppg = prismaPostgres(defaultClientConfig(PRISMA_DIRECT_TCP_URL));
    const ask: Ask = async (text, ...parameters) =>
      (await ppg.query<Row>(text, ...(parameters as string[])).collect())[0]?.value;
    return { ask, close: async () => {} };
  },
};

const streams: Record<string, (env: Env) => AsyncGenerator<number>> = {
  async *postgres({ HYPERDRIVE: { connectionString } }) {
    const client = postgres(connectionString, { max: 1 });
    for await (const rows of client`select generate_series(1, 1200)`.cursor(500)) yield rows.length;
    await client.end();
  },
  async *ppg({ PRISMA_DIRECT_TCP_URL }) {
    const ppg = prismaPostgres(defaultClientConfig(PRISMA_DIRECT_TCP_URL));
    for await (const row of ppg.sql`select generate_series(1, 1200)`) yield Object.keys(row).length;
  },
};

export default {
  async fetch(request, env) {
    const [, driver = "", stream] = new URL(request.url).pathname.split("/");
    if (stream) {
      const sizes = [];
      for await (const size of streams[driver]!(env)) sizes.push(size);
      return Response.json(sizes);
    }
    const { type, literal } = await request.json<{ type: string; literal: string }>();
    const cast = `${literal}::${type}`;
    const { ask, close } = await openers[driver]!(env);
    try {
      const value = await ask(`select ${cast} as value`);
      // The value of the result as a parameter.
      const again = ask(`select ($1::${type})::text = (${cast})::text as value`, value);
      const equal = await again.then((found) => (found ? "equal" : "different"), () => "error");
      return Response.json({ value: described(value), again: equal });
    } catch {
      return Response.json({ value: "error", again: "–" });
    } finally {
      await close();
    }
  },
} satisfies ExportedHandler<Env>;

/** Returns the type and the text of a value. */
function described(value: unknown): string {
  if (value === null) return "`null`";
  if (Array.isArray(value)) return `array of ${described(value[0])}`;
  if (value instanceof Date) return `\`Date\` ${value.toISOString()}`;
  if (value instanceof Uint8Array) {
    const kind = Buffer.isBuffer(value) ? "Buffer" : "Uint8Array";
    return `\`${kind}\` ${Buffer.from(value).toString("hex")}`;
  }
  if (typeof value === "bigint") return `\`bigint\` ${value}n`;
  if (typeof value !== "object") return `\`${typeof value}\` ${JSON.stringify(value)}`;
  if (Object.prototype.toString.call(value) === "[object Decimal]") return `\`Decimal\` ${value}`;
  return `\`object\` ${JSON.stringify(value)}`;
}
