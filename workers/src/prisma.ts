import { PrismaPg } from "@prisma/adapter-pg";
import { version } from "@prisma/client/package.json";

import { PrismaClient } from "../generated/prisma/client.ts";
import { type Env, hyperdrive } from "./service/binding.ts";
import { logLine } from "./service/failure.ts";
import { prismaDatabase } from "./service/prisma.ts";
import { CONNECT_SECONDS, CONNECTIONS } from "./service/query.ts";
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
    return prismaDatabase(new PrismaClient({ adapter }));
  },
});
