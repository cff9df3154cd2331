import type { Query } from "./query.ts";
import { DatabaseFailure, sqlState } from "./failure.ts";
import { itemName } from "./input.ts";
import type { Item, Items } from "./items.ts";

const ITEMS = 20;
const TABLES = 100;

/** More than the six connections that a Worker may have open. */
const QUERIES_AT_ONCE = 10;

/** Undefined table, undefined column, missing privilege: the database has no usable sample table. */
const NO_SAMPLE = new Set(["42P01", "42703", "42501"]);

export interface Visit<Bindings = unknown> {
  env: Bindings;
  query: Query;
  items: Items;
  driver: { name: string; version: string };
  /** Time at which the connection was requested, in milliseconds of `Date.now()`. */
  started: number;
  /** The result of the route's `input`. */
  input: string;
}

interface Table {
  schemaname: string;
  tablename: string;
}

/** The methods and the handler of a path. */
export interface Route<Bindings = unknown> {
  methods: string[];
  /** Status of a successful response. */
  status: number;
  /** Reads the request, before a connection is opened. */
  input?(request: Request): Promise<string>;
  answer(visit: Visit<Bindings>): Promise<object>;
}

export const HEALTH = "/healthz";

/** The routes by path. */
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
    if (error instanceof DatabaseFailure && NO_SAMPLE.has(sqlState(error.cause) ?? "")) return undefined;
    throw error;
  }
}

async function add({ items, input }: Visit): Promise<object> {
  return { success: true, result: await items.add(input) };
}

async function tables({ query }: Visit): Promise<object> {
  // The columns have the type `name`, which `@prisma/adapter-ppg` 7.10.0 cannot read.
  const result = await query<Table>`
    select schemaname::text, tablename::text from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
    order by schemaname, tablename limit ${TABLES}`;
  return { success: true, result };
}

/** Counts the connections of concurrent queries, each of which returns the id of its server process. */
async function atOnce({ query }: Visit): Promise<object> {
  const queries = Array.from({ length: QUERIES_AT_ONCE }, () =>
    query<{ process: number }>`select pg_backend_pid() as process from pg_sleep(0.05)`,
  );
  const processes = (await Promise.all(queries)).map(([row]) => row?.process);
  return { success: true, queries: QUERIES_AT_ONCE, connections: new Set(processes).size };
}

/** The functions prevent that Hyperdrive answers from its cache, which may have a result after the database is gone. */
async function health({ query }: Visit): Promise<object> {
  await query`select now() as now, random() as random`;
  return { status: "ok" };
}
