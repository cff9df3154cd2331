/**
 * Returns the Workers in `chosen`, and all Workers that must run in the same process.
 *
 * These are Workers that are connected by a binding, and Workers with the same D1 database, queue or Workflow.
 */
export function together(workers, chosen) {
  const byResource = new Map();
  for (const worker of workers) {
    for (const resource of resources(worker)) {
      byResource.set(resource, [...(byResource.get(resource) ?? []), worker]);
    }
  }
  const found = new Set(chosen);
  // A set also yields the elements that are added during the loop.
  for (const worker of found) {
    for (const resource of resources(worker)) byResource.get(resource).forEach((each) => found.add(each));
  }
  return workers.filter((worker) => found.has(worker));
}

/** Returns the names of what a Worker shares with others in its process. */
function resources({ name, bindings, queueConsumers }) {
  const shared = (bindings ?? []).flatMap((binding) => {
    if (binding.service) return [`worker ${binding.service}`];
    if (binding.type === "d1") return [`d1 ${binding.databaseId}`];
    return binding.type === "queue" ? [`queue ${binding.queue}`] : [];
  });
  const consumed = (queueConsumers ?? []).flatMap(({ queue, deadLetterQueue }) =>
    [queue, deadLetterQueue].filter(Boolean).map((each) => `queue ${each}`),
  );
  return [`worker ${name}`, ...shared, ...consumed];
}
