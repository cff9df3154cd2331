/** Repeats a read in the background, so that a stale result in the cache is replaced. */
import { ExtendedQuery } from "./extended_query.mjs";
import { bind, describe, execute, parse, query } from "./messages.mjs";
import { Recording } from "./recording.mjs";

/** `request` has the `statement` and the `values` of a read, or the `text` of a simple query. */
export async function refresh(pool, key, request) {
  const requestedAt = performance.now();
  const { cache } = pool;
  const recording = new Recording(cache.memory, (_, result) => {
    if (result) cache.store(key, result, requestedAt);
    cache.endRefresh(key);
  });
  try {
    const connection = await pool.acquire().connection;
    if (connection.isClosing) return recording.end("failed");
    new Reader(recording).read(connection, pool, request);
  } catch (error) {
    if (!error.response) throw error;
    recording.end("failed");
  }
}

/** A client of a server connection, whose output is only recorded. */
class Reader {
  isInsideBatch = false;
  output;
  #recording;

  constructor(recording) {
    this.#recording = recording;
    this.output = { add: (bytes) => recording.push(bytes) };
  }

  read(connection, pool, { statement, values, text }) {
    connection.attach(this);
    if (statement) {
      const extended = new ExtendedQuery(pool.statements, () => undefined);
      const messages = [parse("", statement.text, statement.types), describe("S"), bind(values), describe("P"), execute()];
      for (const head of messages) extended.send(connection, { type: String.fromCharCode(head[0]), head, length: head.length });
      connection.sync();
    } else {
      connection.prepared.forgetUnnamed();
      connection.send(query(text), { kind: "query" });
    }
    connection.flush();
  }

  resume() {}

  flush() {}

  release() {
    this.#recording.end("failed");
  }

  lose() {
    this.#recording.end("failed");
  }
}
