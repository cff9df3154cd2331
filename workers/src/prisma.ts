import { PrismaPg } from "@prisma/adapter-pg";
import { version } from "@prisma/client/package.json";

import { Prisma, PrismaClient } from "../generated/prisma/client.ts";
import { type Env, hyperdrive } from "./service/binding.ts";
import { CONNECT_SECONDS, CONNECTIONS } from "./service/query.ts";
import { logLine } from "./service/failure.ts";
import { worker } from "./service/worker.ts";

export default worker<Env>({
  name: "prisma",
  version,
  async open(env) {
    const adapter = new PrismaPg(
      { ...hyperdrive(env), max: CONNECTIONS, connectionTimeoutMillis: CONNECT_SECONDS * 1000 },
      // Without a listener, a connection that is lost between two queries would be an uncaught exception.
      { onPoolError: (error) => console.error(logLine(error)) },
    );
    const prisma = new PrismaClient({ adapter });
    return {
      query: <Row extends object>(template: TemplateStringsArray, ...parameters: unknown[]) =>
        unwrapped(prisma.$queryRaw<Row[]>(template, ...parameters)),
      items: {
        first: (take) => unwrapped(prisma.item.findMany({ orderBy: { id: "asc" }, take })),
        add: (name) => unwrapped(prisma.item.create({ data: { name } })),
      },
    };
  },
});

/** The cause that `@prisma/adapter-pg` adds to an error: the server's message, or the kind of connection error. */
interface Noted {
  kind: string;
  originalCode?: string;
  originalMessage?: string;
}

async function unwrapped<Result>(work: PromiseLike<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw reason(error);
  }
}

/** Returns the cause of Prisma's error, whose code resembles those of Postgres and whose message contains values. */
function reason(error: unknown): unknown {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return error;
  const { cause } = (error.meta?.["driverAdapterError"] ?? {}) as { cause?: Noted };
  if (cause === undefined) return error;
  const found = new Error(cause.originalMessage ?? cause.kind);
  return cause.originalCode === undefined ? found : Object.assign(found, { code: cause.originalCode });
}
