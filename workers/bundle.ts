/** Bundles the Worker of one driver for workerd. */
import { readdir, readFile } from "node:fs/promises";
import { build, type Metafile } from "esbuild";

const HERE = import.meta.dirname;

/** CommonJS packages call `require("events")`, which a module does not have until it makes one. */
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire("/");`;

export interface Bundle {
  /** `pg@8.23.1`: packages of `dependencies` whose code is inside. */
  drivers: string[];
  /** The module. Its first lines name the drivers, for whoever has to judge the bundle without its sources. */
  text: string;
}

/** The drivers there is a Worker for: the files directly in `src/`. */
export async function driverNames(): Promise<string[]> {
  const files = await readdir(`${HERE}/src`);
  return files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -".ts".length)).sort();
}

/** The same sources and packages give the same text, wherever the checkout lies. */
export async function bundle(driver: string): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: HERE,
    entryPoints: [`src/${driver}.ts`],
    outfile: `dist/${driver}.js`,
    write: false,
    metafile: true,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "node",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["node:*", "cloudflare:*"],
    logLevel: "warning",
  });
  const [output] = outputFiles;
  if (!output) throw new Error(`esbuild made nothing of src/${driver}.ts`);
  const drivers = await driversInside(metafile);
  const lines = drivers.map((found) => `/* edge-postgres: driver ${found} */`);
  if (callsRequire(metafile)) lines.push(REQUIRE);
  return { drivers, text: [...lines, output.text].join("\n") };
}

async function driversInside(metafile: Metafile): Promise<string[]> {
  const inputs = Object.keys(metafile.inputs);
  const { dependencies } = await packageJson(".");
  const inside = Object.keys(dependencies).filter((name) =>
    inputs.some((path) => path.startsWith(`node_modules/${name}/`) && !path.endsWith("/package.json")),
  );
  const releases = inside.sort().map(async (name) => {
    const { version } = await packageJson(`node_modules/${name}`);
    return `${name}@${version}`;
  });
  return Promise.all(releases);
}

function callsRequire(metafile: Metafile): boolean {
  return Object.values(metafile.outputs).some(({ imports }) => imports.some(({ kind }) => kind === "require-call"));
}

async function packageJson(folder: string): Promise<{ version: string; dependencies: Record<string, string> }> {
  return JSON.parse(await readFile(`${HERE}/${folder}/package.json`, "utf8"));
}
