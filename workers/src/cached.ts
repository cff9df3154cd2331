import { Client } from "pg";
import { version } from "pg/package.json";

import { type Env as HyperdriveEnv, hyperdrive, MissingBinding } from "./service/binding.ts";
import { ReadCache } from "./service/cache.ts";
import type { Database } from "./service/database.ts";
import { itemsInSql } from "./service/items.ts";
import { inTransaction, queryOf } from "./service/pg.ts";
import { CONNECT_SECONDS, type Query, sequence } from "./service/query.ts";
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
      async open(env, signal) {
        made.cache = readCache(request, env, context);
        return database(env, signal, made.cache);
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
function database(env: Env, signal: AbortSignal, cache: ReadCache): Database {
  const reader = onDemand(env);
  const writer = onDemand(env);
  const inTurn = sequence();
  // Postgres rejects every statement that writes.
  const read: Query = (text, ...parameters) =>
    inTurn(async () => {
      const client = await reader.client();
      return inTransaction(client, signal, () => queryOf(client)(text, ...parameters), "begin read only");
    });
  const query = cache.through(read);
  return {
    query,
    items: {
      first: itemsInSql(query).first,
      async add(name) {
        const client = await writer.client();
        return inTransaction(client, signal, () => itemsInSql(queryOf(client)).add(name));
      },
    },
    close: () => Promise.allSettled([reader.close(), writer.close()]),
  };
}

/** A connection that is opened for the first statement. */
function onDemand(env: Env) {
  let opened: Promise<Client> | undefined;
  return {
    client: () => (opened ??= connected(env)),
    close: async () => (await opened)?.end(),
  };
}

async function connected(env: Env): Promise<Client> {
  const client = new Client({ ...hyperdrive(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
  // Without a listener, a lost connection would be an uncaught exception. The next query fails with the reason.
  client.on("error", () => {});
  await client.connect();
  return client;
}
