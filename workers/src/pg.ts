import { Client } from "pg";
import { version } from "pg/package.json";

import { type Env, hyperdrive } from "./service/binding.ts";
import { itemsInSql } from "./service/items.ts";
import { inTransaction, queryOf } from "./service/pg.ts";
import { CONNECT_SECONDS, type Query, sequence } from "./service/query.ts";
import { worker } from "./service/worker.ts";

export default worker<Env>({
  name: "pg",
  version,
  async open(env, signal) {
    const client = new Client({ ...hyperdrive(env), connectionTimeoutMillis: CONNECT_SECONDS * 1000 });
    // Without a listener, a lost connection would be an uncaught exception. The next query fails with the reason.
    client.on("error", () => {});
    await client.connect();
    const inTurn = sequence();
    const ask = queryOf(client);
    const query: Query = (text, ...parameters) => inTurn(() => ask(text, ...parameters));
    const { add } = itemsInSql(ask);
    return {
      query,
      items: {
        first: itemsInSql(query).first,
        add: (name) => inTurn(() => inTransaction(client, signal, () => add(name))),
      },
      // Ends a statement that is still running after the deadline.
      close: () => client.end(),
    };
  },
});
