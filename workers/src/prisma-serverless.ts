import { PrismaPostgresAdapter } from "@prisma/adapter-ppg";
import { version } from "@prisma/client/package.json";

import { PrismaClient } from "../generated/prisma/client.ts";
import { prismaDatabase } from "./service/prisma.ts";
import { connectionString, type ServerlessEnv } from "./service/serverless.ts";
import { worker } from "./service/worker.ts";

export default worker<ServerlessEnv>({
  name: "prisma",
  version,
  async open(env, signal) {
    const adapter = new PrismaPostgresAdapter({ connectionString: connectionString(env) });
    return prismaDatabase(new PrismaClient({ adapter }), signal);
  },
});
