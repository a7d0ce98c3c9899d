/** Reads what the clusters of an operation have on record of it. */
import { loadRecords } from '../../mysql/server/sidecar/records.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import type { ClusterRecords } from './sources.js';

interface Read {
  readonly records: readonly ClusterRecords[];
  readonly gaps: readonly string[];
}

/** Never throws: a cluster that does not answer is a gap. @param names of the operation's clusters. */
export async function readRecords(
  clusters: ReadonlyMap<string, ClusterSettings>,
  names: readonly string[],
  operationId: string,
): Promise<Read> {
  const looks = [...new Set(names)].map(async (cluster): Promise<ClusterRecords | string> => {
    const settings = clusters.get(cluster);
    if (settings === undefined) return `The configuration has no cluster ${cluster}: its records are missing.`;
    try {
      const records = await loadRecords(settings, operationId);
      return records === null ? `Cluster ${cluster} has no records of Switchyard.` : { cluster, ...records };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return `Cluster ${cluster} could not be asked (${problem}): its records are missing.`;
    }
  });
  const read = await Promise.all(looks);
  return {
    records: read.filter((one) => typeof one !== 'string'),
    gaps: read.filter((one) => typeof one === 'string'),
  };
}
