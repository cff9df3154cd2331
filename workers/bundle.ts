/** Bundles the Worker of one driver for workerd. */
import { readdir, readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

import { generate } from "./generate.ts";

const HERE = import.meta.dirname;

/** CommonJS packages call `require("events")`, which an ES module has to create. */
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire("/");`;

export interface Bundle {
  /** The bundled packages of `dependencies` with their releases, such as `pg@8.23.1`. */
  drivers: string[];
  /** The module. Its first lines name the drivers for readers. The stack recognises the drivers by their own code. */
  text: string;
  /** Other modules by name. WASM has to be a separate module, because a Worker cannot compile it at run time. */
  files: Record<string, Uint8Array>;
  /** The source map of a minified bundle. */
  map?: string;
}

/** Returns the names of the drivers that have a Worker: the files directly in `src/`. */
export async function driverNames(): Promise<string[]> {
  const files = await readdir(`${HERE}/src`);
  return files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -".ts".length)).sort();
}

/** Returns the names of the Workers in one file, such as `copy/pg`: the files in a folder. */
export async function namesIn(folder: "copy" | "examples"): Promise<string[]> {
  const files = await readdir(`${HERE}/${folder}`);
  const sources = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
  return sources.map((file) => `${folder}/${file.slice(0, -".ts".length)}`).sort();
}

/** Bundles a Worker, and minifies those in one file. The bytes depend only on the sources and packages, not on the folder of the checkout. */
export async function bundle(driver: string): Promise<Bundle> {
  await generate();
  const files: Bundle["files"] = {};
  const isOneFile = driver.includes("/");
  const { metafile, outputFiles } = await build({
    absWorkingDir: HERE,
    entryPoints: [isOneFile ? `${driver}.ts` : `src/${driver}.ts`],
    outfile: `dist/${driver}.js`,
    write: false,
    metafile: true,
    bundle: true,
    minify: isOneFile,
    sourcemap: isOneFile ? "linked" : false,
    format: "esm",
    target: "es2022",
    platform: "node",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["node:*", "cloudflare:*"],
    plugins: [wasmBeside(`${basename(driver)}.wasm`, files)],
    logLevel: "warning",
  });
  const output = outputFiles.find(({ path }) => path.endsWith(".js"));
  const map = outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!output) throw new Error(`esbuild produced no output for ${driver}`);
  const drivers = await driversInside(metafile);
  const lines = drivers.map((found) => `/* edge-postgres: driver ${found} */`);
  if (callsRequire(metafile)) lines.push(REQUIRE);
  const text = [...lines, output.text].join("\n");
  return map ? { drivers, text, files, map: below(lines.length, map.text) } : { drivers, text, files };
}

/** Returns a source map for code that is `lines` lines further down. */
function below(lines: number, map: string): string {
  const { mappings, ...others } = JSON.parse(map);
  return JSON.stringify({ ...others, mappings: ";".repeat(lines) + mappings });
}

/** Keeps an import of WASM for the runtime, under one name, and adds its bytes to `files`. */
function wasmBeside(name: string, files: Bundle["files"]): Plugin {
  return {
    name: "wasm beside the bundle",
    setup(esbuild) {
      esbuild.onResolve({ filter: /\.wasm(\?module)?$/ }, async ({ path, resolveDir }) => {
        const bytes = await readFile(resolve(resolveDir, path.replace("?module", "")));
        if (files[name] && !bytes.equals(files[name])) throw new Error(`only one WASM module is supported: ${path}`);
        files[name] = bytes;
        return { path: `./${name}`, external: true };
      });
    },
  };
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
