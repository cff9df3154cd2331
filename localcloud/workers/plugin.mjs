/**
 * A plugin of Miniflare for services of workerd that Miniflare has no options for.
 *
 * A binding of type `unsafe:localcloud` adds the services in its options to the process. If the options also have a
 * `binding`, in workerd's format, the Worker gets it under its name.
 */
import { fileURLToPath } from "node:url";

const NAME = "localcloud";
const TYPE = `unsafe:${NAME}`;

/**
 * @param {object[]} services services in workerd's format
 * @param {object} [binding] a binding in workerd's format, without its name
 */
export function pluginBinding(services, binding) {
  const plugin = { package: fileURLToPath(import.meta.url), name: NAME };
  return { type: TYPE, dev: { plugin, options: { services, binding } } };
}

export const plugins = {
  [NAME]: {
    getBindings: (worker) =>
      ours(worker).flatMap(([name, { binding }]) => (binding === undefined ? [] : [{ name, ...binding }])),
    getNodeBindings: () => ({}),
    getServices: ({ options }) => ours(options).flatMap(([, { services }]) => services),
  },
};

/** Returns name and options of each binding of this plugin. */
function ours({ config }) {
  const bindings = Object.entries(config.env ?? {}).filter(([, { type }]) => type === TYPE);
  return bindings.map(([name, { dev }]) => [name, dev.options]);
}
