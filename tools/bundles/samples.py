"""The rows of the matrix: a release of a package, with a small Worker that uses it."""

from collections.abc import Mapping
from dataclasses import dataclass

_PG = """
import pg from "{alias}";
export default {{
  async fetch(request, env) {{
    const client = new pg.Client({{ connectionString: env.HYPERDRIVE.connectionString }});
    await client.connect();
    return Response.json((await client.query("SELECT 1")).rows);
  }},
}};
"""
_POSTGRES = """
import postgres from "{alias}";
export default {{
  async fetch(request, env) {{
    const sql = postgres(env.HYPERDRIVE.connectionString, {{ max: 5 }});
    return Response.json(await sql`SELECT 1`);
  }},
}};
"""
_KYSELY = """
import {{ Kysely, PostgresDialect }} from "{alias}";
import pg from "pg";
export default {{
  async fetch(request, env) {{
    const pool = new pg.Pool({{ connectionString: env.HYPERDRIVE.connectionString }});
    const db = new Kysely({{ dialect: new PostgresDialect({{ pool }}) }});
    return Response.json(await db.selectFrom("a").selectAll().execute());
  }},
}};
"""
_DRIZZLE = """
import {{ drizzle }} from "{alias}/node-postgres";
import {{ integer, pgTable }} from "{alias}/pg-core";
import pg from "pg";
const table = pgTable("a", {{ id: integer("id") }});
export default {{
  async fetch(request, env) {{
    const db = drizzle(new pg.Pool({{ connectionString: env.HYPERDRIVE.connectionString }}));
    return Response.json(await db.select().from(table));
  }},
}};
"""
_NEON = """
import {{ neon }} from "{alias}";
export default {{
  async fetch(request, env) {{
    return Response.json(await neon(env.URL)`SELECT 1`);
  }},
}};
"""
# `prisma generate` writes such code. It needs the schema and an engine, so the sample has the call alone.
_CLIENT = """
import * as runtime from "{alias}/runtime/{runtime}";
const PrismaClient = runtime.getPrismaClient({{ clientVersion: "{version}", activeProvider: "postgresql" }});
export default {{
  async fetch(request, env) {{
    return Response.json(await new PrismaClient({{}}).$queryRaw`SELECT 1`);
  }},
}};
"""
_USED = """
import * as used from "{alias}";
export default {{
  async fetch(request, env) {{
    return Response.json(Object.entries(used).map(([name, value]) => typeof value === "function" && value(env)));
  }},
}};
"""
_SAMPLES: Mapping[str, tuple[str, frozenset[str]]] = {
    "pg": (_PG, frozenset()),
    "postgres": (_POSTGRES, frozenset()),
    "kysely": (_KYSELY, frozenset({"pg"})),
    "drizzle-orm": (_DRIZZLE, frozenset({"pg"})),
    "@neondatabase/serverless": (_NEON, frozenset()),
    "@prisma/client": (_CLIENT, frozenset()),
    "@prisma/adapter-pg": (_USED, frozenset({"pg"})),
    "@prisma/adapter-ppg": (_USED, frozenset({"@prisma/ppg"})),
    "@prisma/ppg": (_USED, frozenset()),
    "@prisma/extension-accelerate": (_USED, frozenset()),
}
"""For each package: the Worker, and the packages that the bundle contains too."""


@dataclass(frozen=True)
class Sample:
    """A Worker with one release of a package."""

    package: str
    alias: str
    """Name under which the release is installed."""
    version: str
    source: str
    others: frozenset[str]
    """Further packages in the bundle."""

    @property
    def release(self) -> tuple[int, int, int]:
        major, minor, patch = self.version.split(".")
        return int(major), int(minor), int(patch)


def samples(dependencies: Mapping[str, str]) -> dict[str, Sample]:
    """Returns the samples by their row, such as `pg@8.11.0`, for the dependencies of `package.json` by alias."""
    found = {}
    for alias, target in dependencies.items():
        package, _, version = target.removeprefix("npm:").rpartition("@")
        source, others = _SAMPLES[package]
        runtime = "client" if version.startswith("7.") else "library"
        code = source.format(alias=alias, version=version, runtime=runtime)
        found[f"{package}@{version}"] = Sample(package, alias, version, code, others)
    return found
