/** How many connections this process has to each cluster, by the name of the cluster; for the metrics. */
import type { Socket } from 'node:net';

const counts = new Map<string, number>();

/** Counts a connection for as long as its socket is there. */
export function countWhileOpen(cluster: string, socket: Socket): void {
  add(cluster, 1);
  socket.once('close', () => add(cluster, -1));
}

/** Of every cluster that there was ever a connection to. */
export function sessionCounts(): ReadonlyMap<string, number> {
  return counts;
}

function add(cluster: string, more: number): void {
  counts.set(cluster, (counts.get(cluster) ?? 0) + more);
}
