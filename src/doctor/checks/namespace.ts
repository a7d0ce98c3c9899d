/** The namespace keeps what has ended for long enough to look at it, and to bring back what was terminated by mistake. */
import { namespaceRetentionHoursMin } from '../../limits/doctor.js';
import { ok, warning, type Check, type Finding } from '../check.js';
import { durationWords } from '../words.js';

export const checkNamespace: Check<'temporal'> = {
  scope: 'temporal',
  name: 'namespace',
  ask: async ({ temporal }) => {
    const { connection, namespace } = await temporal();
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const seconds = config?.workflowExecutionRetentionTtl?.seconds;
    return [namespaceFinding(namespace, seconds == null ? null : Number(seconds) * 1_000)];
  },
};

/** @param retentionMs null where it is not told. */
export function namespaceFinding(namespace: string, retentionMs: number | null): Finding {
  if (retentionMs === null) return ok(`Namespace ${namespace} is there.`);
  const kept = `Namespace ${namespace} keeps what has ended for ${durationWords(retentionMs)}`;
  if (retentionMs >= namespaceRetentionHoursMin * 3_600_000) return ok(`${kept}.`);
  return warning(
    `${kept}: whoever looks a day later sees neither its history nor its result, and cannot bring it back by a reset.`,
    `Raise the retention of the namespace (temporal operator namespace update --retention ${namespaceRetentionHoursMin}h), to some days at best.`,
  );
}
