/** A Worker whose paths are what the driver can do. `./ppg.js` is the driver as it is published. */
import {
  BINARY,
  boundedByteStreamParameter,
  byteArrayParameter,
  client,
  defaultClientConfig,
  prismaPostgres,
} from "./ppg.js";

// Without it release 1.0.1 serializes a byte parameter as a string of numbers: "0,255".
const bytes = { supports: (value) => value instanceof Uint8Array || value instanceof ReadableStream, serialize: (v) => v };
const digest = "select length($1::bytea) as length, encode(sha256($1), 'hex') as digest";

const PATHS = {
  read: ({ ppg }) => ppg.sql`select 9007199254740993::int8 as big, '2026-01-02'::date as day, ${true} as yes`.collect(),
  write: ({ ppg }) => ppg.sql.exec`insert into notes (body) values (${"written"})`,
  mistake: ({ ppg }) => ppg.sql`selec`.collect(),
  transaction: ({ ppg }) =>
    ppg.transaction(async (tx) => {
      await tx.sql.exec`insert into notes (body) values (${"kept"})`;
      return tx.sql`select body from notes`.collect();
    }),
  rollback: ({ ppg }) =>
    ppg.transaction(async (tx) => {
      await tx.sql.exec`insert into notes (body) values (${"lost"})`;
      throw new RangeError("changed my mind");
    }),
  batch: ({ ppg }) =>
    ppg.batch({ exec: "insert into notes (body) values ('a'), ('b')" }, { query: "select count(*)::int from notes" }),
  async order({ session }) {
    const order = [];
    const ask = async (seconds) => {
      await (await session.query("select pg_sleep($1)", seconds)).rows.collect();
      order.push(seconds);
    };
    await Promise.all(["0.2", "0.1", "0"].map(ask));
    return order;
  },
  text: ({ ppg }) => ppg.sql`select length(${"é".repeat(2000)}) as length`.collect(),
  binary: ({ ppg }) => ppg.query(digest, byteArrayParameter(new Uint8Array(5000).fill(255), BINARY)).collect(),
  async stream({ session }) {
    const { readable, writable } = new FixedLengthStream(5000);
    const writer = writable.getWriter();
    writer.write(new Uint8Array(5000).fill(255)).then(() => writer.close());
    const result = await session.query(digest, boundedByteStreamParameter(readable, BINARY, 5000));
    return (await result.rows.collect())[0].values;
  },
};

export default {
  async fetch(request, env) {
    const { parsers, serializers, connectionString } = defaultClientConfig(env.PRISMA_DIRECT_TCP_URL);
    const config = { connectionString, parsers, serializers: [bytes, ...serializers] };
    const session = await client(config).newSession();
    try {
      const path = PATHS[new URL(request.url).pathname.slice(1)];
      return answer({ value: await path({ ppg: prismaPostgres(config), session }) });
    } catch ({ name, message, code }) {
      return answer({ name, message, code });
    } finally {
      session.close();
    }
  },
};

function answer(body) {
  const text = JSON.stringify(body, (_key, value) => (typeof value === "bigint" ? `${value}n` : value));
  return new Response(text, { headers: { "content-type": "application/json" } });
}
