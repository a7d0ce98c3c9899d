/** What is done now and then beside a stream that is followed, so that a switch has nothing to wait for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openFencesStayMs } from '../../limits/mysql-move.js';
import { takeAdvisoryLock } from '../server/locks/advisory-lock.js';
import { withJointSignal } from '../server/session/joint-signal.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { countersOf, lowCounters, raiseCounters, type Counters } from './counters.js';
import type { MoveStream } from './move-stream.js';
import { dropAllFences, listFences } from './traffic/fence.js';
import { isOpen } from './traffic/gate.js';

/**
 * Does the work, and beside it what the stream's two servers need. What cannot be had is left for the next time.
 * @throws what the work throws.
 */
export async function withUpkeep<Result>(
  stream: MoveStream,
  options: { readonly signal: AbortSignal; readonly everyMs?: number | undefined },
  work: () => Promise<Result>,
): Promise<Result> {
  const { signal, everyMs = openFencesStayMs } = options;
  const done = new AbortController();
  const upkeep = withJointSignal([signal, done.signal], undefined, (until) => keepUp(stream, everyMs, until));
  try {
    return await work();
  } finally {
    done.abort();
    await upkeep;
  }
}

async function keepUp(stream: MoveStream, everyMs: number, signal: AbortSignal): Promise<void> {
  let before: Counters | undefined;
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await dropOpenFences(stream, signal).catch(() => undefined);
    before = await raiseLowCounters(stream, before, signal).catch(() => before);
  }
}

/**
 * Those of the side that has the writes cost each of them a little, and are made again by the next attempt.
 * An attempt has the advisory lock from before it looks at them: while we have it nobody relies on them, and an open gate
 * says that nobody did who has not said how he ended.
 */
async function dropOpenFences({ from, plan }: MoveStream, signal: AbortSignal): Promise<void> {
  const { operationId } = plan;
  await withSession(from, controlVariables, async (session) => {
    if ((await listFences(session, operationId)).length === 0) return;
    if (!(await takeAdvisoryLock(session, operationId, 0)) || !(await isOpen(session, operationId))) return;
    await dropAllFences(session, operationId, { signal });
  });
}

/** @param before of the last time: what was written until then is applied by now. @returns those of now. */
function raiseLowCounters(
  { from, to, tables }: MoveStream,
  before: Counters | undefined,
  signal: AbortSignal,
): Promise<Counters> {
  return withSession(from, controlVariables, (source) =>
    withSession(to, controlVariables, async (target) => {
      if (before !== undefined) await raiseCounters(target, await lowCounters(target, tables, before), { signal });
      return countersOf(source, tables);
    }),
  );
}
