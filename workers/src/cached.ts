import { Client } from "pg";
import { version } from "pg/package.json";

import { type Env as HyperdriveEnv, hyperdrive, MissingBinding } from "./service/binding.ts";
import { ReadCache } from "./service/cache.ts";
import type { Database } from "./service/database.ts";
import { CONNECT_SECONDS, inTurn, numbered, type Query } from "./service/query.ts";
import { logLine } from "./service/failure.ts";
import { itemsInSql } from "./service/items.ts";
import { HEALTH } from "./service/routes.ts";
import { worker } from "./service/worker.ts";

/** Request header that bypasses the cache, and response header with the origin of the response. */
const HEADER = "x-cache";

interface Env extends HyperdriveEnv {
  CACHE: KVNamespace;
  /** Maximum age of a cached response in seconds. Default: 60. */
  CACHE_SECONDS?: string;
  /** Version of the cached data. Increase it if the meaning of the statements changes. Default: 1. */
  CACHE_VERSION?: string;
}

class MissingNamespace extends MissingBinding {
  constructor() {
    super("CACHE");
    this.message = "The binding `CACHE` is missing. Bind a KV namespace to this Worker under that name.";
  }
}

/** A Worker that responds to reads from KV if possible. It connects to the database only for other reads. */
export default {
  async fetch(request, env, context) {
    const made: { cache?: ReadCache } = {};
    const service = worker<Env>({
      name: "pg",
      version,
      async open(env) {
        made.cache = readCache(request, env, context);
        return database(env, made.cache);
      },
    });
    const response = await service.fetch(request, env, context);
    if (made.cache?.outcome) response.headers.set(HEADER, made.cache.outcome);
    return response;
  },
} satisfies ExportedHandler<Env>;

function readCache(request: Request, env: Env, context: ExecutionContext): ReadCache {
  if (env.CACHE === undefined) throw new MissingNamespace();
  return new ReadCache(env.CACHE, {
    seconds: Number(env.CACHE_SECONDS ?? 60),
    prefix: `v${env.CACHE_VERSION ?? 1}`,
    // The health of the database cannot be read from a cache.
    bypass: request.headers.get(HEADER) === "bypass" || new URL(request.url).pathname === HEALTH,
    waitUntil: (work) => context.waitUntil(work),
  });
}

/** Reads use the cache and a read-only connection. Writes use a separate connection. */
function database(env: Env, cache: ReadCache): Database {
  // Postgres rejects every statement that writes.
  const reader = onDemand(env, { begin: "begin read only", end: "commit" });
  const writer = onDemand(env);
  const query = cache.through(reader.query);
  return {
    query,
    items: { first: itemsInSql(query).first, add: itemsInSql(writer.query).add },
    close: () => Promise.allSettled([reader.close(), writer.close()]),
  };
}

interface Transaction {
  begin: string;
  end: string;
}

/** A connection that is opened for the first statement, and runs it in `transaction`. */
function onDemand(env: Env, transaction?: Transaction) {
  let opened: Promise<Client> | undefined;
  const query: Query = async (text, ...parameters) => {
    const client = await (opened ??= connected(env, transaction));
    return (await client.query(numbered(text), parameters)).rows;
  };
  async function close(): Promise<void> {
    const client = await opened;
    // A pool has to discard a connection with an open transaction.
    if (transaction) await client?.query(transaction.end);
    await client?.end();
  }
  return { query: inTurn(query), close };
}

async function connected(env: Env, transaction?: Transaction): Promise<Client> {
  const client = new Client({ ...hyperdrive(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
  // Without a listener, a connection that is lost between two queries would be an uncaught exception.
  client.on("error", (error) => console.error(logLine(error)));
  await client.connect();
  if (transaction) await client.query(transaction.begin);
  return client;
}
