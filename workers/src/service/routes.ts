import type { Query } from "./database.ts";
import { sqlState } from "./failure.ts";

const ITEMS = 20;
const TABLES = 100;

/** No such table, no such column, no privilege: the database is somebody's own and has no sample table for us. */
const NO_SAMPLE = new Set(["42P01", "42703", "42501"]);

export interface Visit {
  query: Query;
  driver: { name: string; version: string };
  /** When the connection was asked for, in milliseconds of `Date.now()`. */
  started: number;
}

interface Item {
  id: string;
  name: string;
  created_at: Date;
}

interface Table {
  schemaname: string;
  tablename: string;
}

export type Route = (visit: Visit) => Promise<object>;

export const HEALTH = "/healthz";

/** What each path answers. */
export const routes = new Map<string, Route>([
  ["/", sample],
  ["/tables", tables],
  [HEALTH, health],
]);

async function sample({ query, driver, started }: Visit): Promise<object> {
  const [server] = await query<{ version: string }>`
    select split_part(current_setting('server_version'), ' ', 1) as version`;
  const items = await sampleItems(query);
  return {
    success: true,
    driver: driver.name,
    driver_version: driver.version,
    server_version: server?.version,
    latency_ms: Date.now() - started,
    result: items ?? [],
    ...(items ? {} : { note: "There is no table public.items with id, name and created_at that this role may read." }),
  };
}

async function sampleItems(query: Query): Promise<Item[] | undefined> {
  try {
    return await query<Item>`select id, name, created_at from public.items order by id limit ${ITEMS}`;
  } catch (error) {
    if (NO_SAMPLE.has(sqlState(error) ?? "")) return undefined;
    throw error;
  }
}

async function tables({ query }: Visit): Promise<object> {
  const result = await query<Table>`
    select schemaname, tablename from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
    order by schemaname, tablename limit ${TABLES}`;
  return { success: true, result };
}

async function health({ query }: Visit): Promise<object> {
  await query`select 1 as alive`;
  return { status: "ok" };
}
