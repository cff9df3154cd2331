import { PrismaPg } from "@prisma/adapter-pg";
import { version } from "@prisma/client/package.json";

import { PrismaClient } from "../generated/prisma/client.ts";
import { type Env, hyperdrive } from "./service/binding.ts";
import { prismaDatabase } from "./service/prisma.ts";
import { CONNECT_SECONDS, CONNECTIONS } from "./service/query.ts";
import { worker } from "./service/worker.ts";

export default worker<Env>({
  name: "prisma",
  version,
  async open(env, signal) {
    const adapter = new PrismaPg(
      { ...hyperdrive(env), max: CONNECTIONS, connectionTimeoutMillis: CONNECT_SECONDS * 1000 },
      // Without a listener, a lost connection would be an uncaught exception. The next query fails with the reason.
      { onPoolError: () => {} },
    );
    return prismaDatabase(new PrismaClient({ adapter }), signal);
  },
});
