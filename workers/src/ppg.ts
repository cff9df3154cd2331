import { client, defaultClientConfig, prismaPostgres, type Resultset } from "@prisma/ppg";

// The driver does not export its package.json.
import { version } from "../node_modules/@prisma/ppg/package.json";
import { ofDriver } from "./service/failure.ts";
import { itemsInSql } from "./service/items.ts";
import { LIMIT_STATEMENTS, type Query } from "./service/query.ts";
import { reading, type Visit } from "./service/routes.ts";
import { connectionString, type ServerlessEnv as Env, withCode } from "./service/serverless.ts";
import { worker } from "./service/worker.ts";

/** Three independent queries. */
const QUESTIONS = [
  "select split_part(current_setting('server_version'), ' ', 1) as answer",
  "select count(*) as answer from pg_tables",
  "select now() as answer",
];

export default worker<Env>({
  name: "@prisma/ppg",
  version,
  async open(env, signal) {
    const ppg = prismaPostgres(config(env));
    const query: Query = (text, ...parameters) => coded(ppg.sql<never>(text, ...parameters).collect());
    return {
      query,
      items: {
        first: itemsInSql(query).first,
        // A transaction is a session, over a WebSocket. A query outside of one is an HTTP request.
        add: (name) =>
          coded(
            ppg.transaction(async (transaction) => {
              await transaction.exec(LIMIT_STATEMENTS);
              const inside: Query = (text, ...parameters) => transaction.sql<never>(text, ...parameters).collect();
              const item = await itemsInSql(inside).add(name);
              signal.throwIfAborted();
              return item;
            }),
          ),
      },
    };
  },
  routes: new Map([
    ["/sequential", reading(sequential)],
    ["/pipelined", reading(pipelined)],
  ]),
});

async function coded<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw withCode(error);
  }
}

function config(env: Partial<Env>) {
  return defaultClientConfig(connectionString(env));
}

type Ask = (question: string) => Promise<Resultset>;

/** One round trip per query. */
function sequential({ env }: Visit<Env>): Promise<object> {
  return inSession(env, async (ask) => {
    const answers = [];
    for (const question of QUESTIONS) answers.push(await answerIn(ask(question)));
    return answers;
  });
}

/** One round trip for all queries, because a session responds in the order of the queries. */
function pipelined({ env }: Visit<Env>): Promise<object> {
  return inSession(env, (ask) => Promise.all(QUESTIONS.map((question) => answerIn(ask(question)))));
}

/** `latency_ms` does not include the time to open the session. */
function inSession(env: Env, work: (ask: Ask) => Promise<unknown[]>): Promise<object> {
  return ofDriver(() => coded(answersOf(env, work)));
}

async function answersOf(env: Env, work: (ask: Ask) => Promise<unknown[]>): Promise<object> {
  const session = await client(config(env)).newSession();
  try {
    const started = Date.now();
    const result = await work((question) => session.query(question));
    return { success: true, latency_ms: Date.now() - started, result };
  } finally {
    session.close();
  }
}

async function answerIn(result: Promise<Resultset>): Promise<unknown> {
  const [row] = await (await result).rows.collect();
  return row?.values[0];
}
