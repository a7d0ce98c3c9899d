/** The binlogs: what their rows have, how long they are kept, and whether those that open operations need are there. */
import { positionAgeShareMax } from '../../limits/doctor.js';
import { askedServer, askRetention } from '../../mysql/preflight/ask-server.js';
import type { ServerFacts } from '../../mysql/preflight/server-facts.js';
import { loadMovePlan } from '../../mysql/move/move-plan.js';
import { withSession, type Session } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { openStreams, type OpenStream } from '../../mysql/server/sidecar/open-streams.js';
import { sidecarExists } from '../../mysql/server/sidecar/schema.js';
import { checkStoredPosition } from '../../mysql/table/follow/position.js';
import { answersAsFindings } from '../answers.js';
import { notAsked, ok, problemOf, warning, type Check, type ContextOf, type Finding } from '../check.js';
import { counted, durationWords } from '../words.js';

type ClusterContext = ContextOf<'cluster'>;

export const checkBinlog: Check<'cluster'> = {
  scope: 'cluster',
  name: 'binlog',
  ask: (context) =>
    withSession(context.cluster, controlVariables, async (session) => {
      const server = await askedServer(session);
      const open = (await sidecarExists(session)) ? await openStreams(session) : [];
      const findings: Finding[] = [
        ...rowImage(server.facts),
        ...answersAsFindings([await askRetention(server)], context.cluster.name),
      ];
      for (const stream of open) findings.push(...(await lookAt(context, session, stream)));
      return findings.length > 0 ? findings : [ok(keptWords(server.facts, open))];
    }),
};

function rowImage({ binlogRowImage }: ServerFacts): readonly Finding[] {
  if (binlogRowImage === null || binlogRowImage.toUpperCase() !== 'MINIMAL') return [];
  return [
    warning(
      'The binlog has minimal images of rows (binlog_row_image=MINIMAL), so that tables without a primary key are refused.',
      'SET PERSIST binlog_row_image = FULL where such tables are to be changed; sessions that are open keep the old one.',
    ),
  ];
}

function keptWords({ binlogRetentionSeconds: seconds }: ServerFacts, open: readonly OpenStream[]): string {
  const kept = seconds === null ? 'Kept for good' : `Kept for ${durationWords(seconds * 1_000)}`;
  const [oldest] = open;
  if (oldest === undefined) return `${kept}; no operation is open.`;
  const age = durationWords(oldest.ageSeconds * 1_000);
  return `${kept}; what ${counted(open.length, 'open operation')} may need is there (the oldest began ${age} ago).`;
}

/** Of one open operation: where it follows, all that its position needs has to be there still. */
async function lookAt(context: ClusterContext, session: Session, stream: OpenStream): Promise<readonly Finding[]> {
  const { operationId, workflowId, position } = stream;
  if (position === null) return [];
  const followed = await followedCluster(session, operationId, context.cluster.name);
  const settings = followed === context.cluster.name ? context.cluster : context.find(followed);
  if (settings === undefined) {
    return [notAsked(`${workflowId} follows cluster ${followed}, which the configuration does not have.`)];
  }
  try {
    return await withSession({ ...settings, lifeline: context.signal }, controlVariables, async (there) => {
      const { isBehind } = await checkStoredPosition(there, position);
      const { facts } = await askedServer(there);
      return isBehind ? positionAge(stream, facts.binlogRetentionSeconds, followed) : [];
    });
  } catch (error) {
    const { message, ...finding } = problemOf(error, followed);
    return [{ ...finding, message: `${workflowId}: ${message}` }];
  }
}

/** A stream of a move writes to the server on which it is recorded, and follows the other one. */
async function followedCluster(session: Session, operationId: string, here: string): Promise<string> {
  const plan = await loadMovePlan(session, operationId);
  const sides = [plan?.source?.cluster, plan?.target?.cluster].filter((side) => side !== undefined);
  return sides.find((side) => side !== here) ?? here;
}

export function positionAge(
  { workflowId, positionAgeSeconds }: Pick<OpenStream, 'workflowId' | 'positionAgeSeconds'>,
  retentionSeconds: number | null,
  cluster: string,
): readonly Finding[] {
  if (positionAgeSeconds === null || retentionSeconds === null) return [];
  if (positionAgeSeconds <= retentionSeconds * positionAgeShareMax) return [];
  const [age, kept] = [positionAgeSeconds, retentionSeconds].map((seconds) => durationWords(seconds * 1_000));
  return [
    warning(
      `${workflowId} is ${age} behind on cluster ${cluster}, whose binlogs are kept for ${kept}: what it still needs is removed soon, and it could not go on.`,
      'Let it go on (unpause, workers, throttle), or raise binlog_expire_logs_seconds before then.',
    ),
  ];
}
