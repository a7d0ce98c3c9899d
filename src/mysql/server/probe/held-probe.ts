/** The write probes of this process: one for each server, whatever number of operations works there. */
import type { ClusterSettings } from '../session/cluster-settings.js';
import { ReplicaLags } from './replica-lags.js';
import { WriteProbe } from './write-probe.js';

/** A probe that writes as long as somebody holds it. */
export interface HeldProbe {
  readonly cluster: string;
  readonly writes: WriteProbe;
  /** Undefined where the configuration names no replica. */
  readonly replicas: ReplicaLags | undefined;
  release(): void;
}

interface Shared extends Omit<HeldProbe, 'release'> {
  holders: number;
}

const probes = new Map<string, Shared>();

/** Begins to write on a server, unless something in this process does already. Never throws. */
export function holdProbe(cluster: ClusterSettings): HeldProbe {
  const { name, host, port, user } = cluster;
  const key = JSON.stringify([name, host, port, user]);
  const shared = probes.get(key) ?? begin(cluster);
  probes.set(key, shared);
  shared.holders += 1;
  let isHeld = true;
  return {
    ...shared,
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      shared.holders -= 1;
      if (shared.holders > 0) return;
      probes.delete(key);
      shared.writes.stop();
      shared.replicas?.close();
    },
  };
}

function begin(cluster: ClusterSettings): Shared {
  const writes = new WriteProbe(cluster);
  const { name, replicas = [] } = cluster;
  const lags = replicas.length === 0 ? undefined : new ReplicaLags(writes, replicas);
  return { cluster: name, writes, replicas: lags, holders: 0 };
}

/** What a write takes now, in milliseconds, by the name of the cluster: where it is measured, and known. */
export function measuredLatenciesMs(): ReadonlyMap<string, number> {
  const measured = new Map<string, number>();
  for (const { cluster, writes } of probes.values()) {
    try {
      measured.set(cluster, Math.max(measured.get(cluster) ?? 0, writes.latencyMs));
    } catch {
      // The probe has just begun, or fails like whatever it tells of.
    }
  }
  return measured;
}
