import type { Query } from "./query.ts";
import { sqlState } from "./failure.ts";
import { itemName } from "./input.ts";
import type { Item, Items } from "./items.ts";

const ITEMS = 20;
const TABLES = 100;

/** More than the six connections that a Worker may have open. */
const QUERIES_AT_ONCE = 10;

/** No such table, no such column, no privilege: the database is somebody's own and has no sample table for us. */
const NO_SAMPLE = new Set(["42P01", "42703", "42501"]);

export interface Visit<Bindings = unknown> {
  env: Bindings;
  query: Query;
  items: Items;
  driver: { name: string; version: string };
  /** When the connection was asked for, in milliseconds of `Date.now()`. */
  started: number;
  /** What the route's `input` made of the request. */
  input: string;
}

interface Table {
  schemaname: string;
  tablename: string;
}

/** What one path answers, and to which methods. */
export interface Route<Bindings = unknown> {
  methods: string[];
  /** Status of the answer when all went well. */
  status: number;
  /** Reads what was sent, before there is a connection. */
  input?(request: Request): Promise<string>;
  answer(visit: Visit<Bindings>): Promise<object>;
}

export const HEALTH = "/healthz";

/** What each path answers. */
export const routes = new Map<string, Route>([
  ["/", reading(sample)],
  ["/items", { methods: ["POST"], status: 201, input: itemName, answer: add }],
  ["/tables", reading(tables)],
  ["/at-once", reading(atOnce)],
  [HEALTH, reading(health)],
]);

export function reading<Bindings>(answer: Route<Bindings>["answer"]): Route<Bindings> {
  return { methods: ["GET", "HEAD"], status: 200, answer };
}

async function sample({ query, items, driver, started }: Visit): Promise<object> {
  const [server] = await query<{ version: string }>`
    select split_part(current_setting('server_version'), ' ', 1) as version`;
  const found = await sampleItems(items);
  return {
    success: true,
    driver: driver.name,
    driver_version: driver.version,
    server_version: server?.version,
    latency_ms: Date.now() - started,
    result: found ?? [],
    ...(found ? {} : { note: "There is no table public.items with id, name and created_at that this role may read." }),
  };
}

async function sampleItems(items: Items): Promise<Item[] | undefined> {
  try {
    return await items.first(ITEMS);
  } catch (error) {
    if (NO_SAMPLE.has(sqlState(error) ?? "")) return undefined;
    throw error;
  }
}

async function add({ items, input }: Visit): Promise<object> {
  return { success: true, result: await items.add(input) };
}

async function tables({ query }: Visit): Promise<object> {
  const result = await query<Table>`
    select schemaname, tablename from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
    order by schemaname, tablename limit ${TABLES}`;
  return { success: true, result };
}

/** How many connections the driver opens for queries that are made at once: each names the process that serves it. */
async function atOnce({ query }: Visit): Promise<object> {
  const queries = Array.from({ length: QUERIES_AT_ONCE }, () =>
    query<{ process: number }>`select pg_backend_pid() as process from pg_sleep(0.05)`,
  );
  const processes = (await Promise.all(queries)).map(([row]) => row?.process);
  return { success: true, queries: QUERIES_AT_ONCE, connections: new Set(processes).size };
}

async function health({ query }: Visit): Promise<object> {
  await query`select 1 as alive`;
  return { status: "ok" };
}
