/**
 * Errors that tell of the worker that met them and nothing of the operation: another worker may know better. Once
 * something is prepared they never end it.
 */
const words: ReadonlyMap<string, string> = new Map([
  ['UNKNOWN_CLUSTER', 'The configuration of the worker that tried lacks the cluster: add it there, and restart it.'],
  ['NO_ROUTER', 'The configuration of the worker that tried has no router: add it there, and restart it.'],
  ['SIDECAR_TOO_NEW', 'The worker that tried is older than the sidecar: replace it by a newer one.'],
]);

/** Whether an error is no fact of the operation, but of the worker that met it. */
export function isFactOfWorker(code: string): boolean {
  return words.has(code);
}

/** What can be done about such an error while the operation waits for another worker; undefined for other errors. */
export function workerRemedy(code: string): string | undefined {
  const remedy = words.get(code);
  return remedy === undefined ? undefined : `${remedy} What is prepared is left alone; another worker may go on.`;
}
