// `node build.mjs vite|rollup ENTRY FILE true|false PACKAGE ALIAS`: bundles a Worker as its project would, minified or
// not. An import of PACKAGE by any other package gets ALIAS.
import { createRequire } from "node:module";
import { dirname, basename } from "node:path";

const [bundler, entry, file, minified, name, alias] = process.argv.slice(2);
const minify = minified === "true";
const external = [/^node:/, /^cloudflare:/];
const oneRelease = {
  name: "one-release",
  enforce: "pre",
  resolveId: (source) => (source === name ? createRequire(import.meta.url).resolve(alias) : null),
};

if (bundler === "vite") {
  const { build } = await import("vite");
  await build({
    configFile: false,
    plugins: [oneRelease],
    logLevel: "error",
    root: dirname(entry),
    ssr: { target: "webworker", noExternal: true, resolve: { conditions: ["workerd", "worker", "module"] } },
    build: {
      ssr: entry,
      outDir: dirname(file),
      emptyOutDir: false,
      minify,
      rollupOptions: { external, output: { entryFileNames: basename(file), codeSplitting: false } },
    },
  });
} else {
  const { rollup } = await import("rollup");
  const { nodeResolve } = await import("@rollup/plugin-node-resolve");
  const { default: commonjs } = await import("@rollup/plugin-commonjs");
  const { default: json } = await import("@rollup/plugin-json");
  const { default: terser } = await import("@rollup/plugin-terser");
  const bundle = await rollup({
    input: entry,
    external,
    onwarn: () => {},
    plugins: [
      oneRelease,
      nodeResolve({ exportConditions: ["workerd", "worker"], preferBuiltins: true }),
      commonjs({ transformMixedEsModules: true }),
      json(),
      ...(minify ? [terser()] : []),
    ],
  });
  await bundle.write({ file, format: "es", inlineDynamicImports: true });
}
