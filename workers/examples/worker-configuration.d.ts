/** The bindings of the examples, beside those of `copy/worker-configuration.d.ts`. */
declare namespace Cloudflare {
  interface Env {
    IMPORT: Workflow<{ name: string }>;
    JOBS: Queue<{ name: string }>;
  }
}
