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

/** Name of the header that asks for an answer from the database, and of the one that says where an answer is from. */
const HEADER = "x-cache";

interface Env extends HyperdriveEnv {
  CACHE: KVNamespace;
  /** How old an answer may become; 60 where it is not set. */
  CACHE_SECONDS?: string;
  /** Raised when what the statements mean has changed; 1 where it is not set. */
  CACHE_VERSION?: string;
}

class MissingNamespace extends MissingBinding {
  constructor() {
    super("CACHE");
    this.message = "The binding `CACHE` is missing. Bind a KV namespace to this Worker under that name.";
  }
}

/** A Worker whose reads are answered from KV where they can be. Only a read that KV does not have connects. */
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
    // Whether the database is well cannot be read from a cache.
    bypass: request.headers.get(HEADER) === "bypass" || new URL(request.url).pathname === HEALTH,
    waitUntil: (work) => context.waitUntil(work),
  });
}

/** Reads go through the cache and have a connection that refuses to write; writes have one of their own. */
function database(env: Env, cache: ReadCache): Database {
  // Postgres itself refuses what writes, whatever the statement looks like.
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

/** A connection that is made for the first statement, and what it does in `transaction`. */
function onDemand(env: Env, transaction?: Transaction) {
  let opened: Promise<Client> | undefined;
  const query: Query = async (text, ...parameters) => {
    const client = await (opened ??= connected(env, transaction));
    return (await client.query(numbered(text), parameters)).rows;
  };
  async function close(): Promise<void> {
    const client = await opened;
    // A pool has to throw away a connection that is left inside a transaction.
    if (transaction) await client?.query(transaction.end);
    await client?.end();
  }
  return { query: inTurn(query), close };
}

async function connected(env: Env, transaction?: Transaction): Promise<Client> {
  const client = new Client({ ...hyperdrive(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
  // Without a listener a connection lost between two queries would end the request as an uncaught exception.
  client.on("error", (error) => console.error(logLine(error)));
  await client.connect();
  if (transaction) await client.query(transaction.begin);
  return client;
}
