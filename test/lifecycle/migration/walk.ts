/** All states that a migration can come to (../operation/walk.ts). */
import { isFactOfWorker } from '../../../src/errors/worker-facts.js';
import type { Activity } from '../../../src/lifecycle/migration/activity.js';
import type { CommandName } from '../../../src/lifecycle/migration/command.js';
import { decide } from '../../../src/lifecycle/migration/decide.js';
import type { Happening } from '../../../src/lifecycle/migration/event.js';
import type { MigrationState } from '../../../src/lifecycle/migration/state.js';
import { walk, Walker, type Moment } from '../operation/walk.js';
import { blocked, command, failed, lifecycle, serverError, swapped, terms, wellEnded } from './driver.js';

export const walker = new Walker<MigrationState, 'main', Activity, Happening>(lifecycle);

export type MigrationMoment = Moment<MigrationState>;

export function sent(moment: MigrationMoment, name: CommandName): MigrationMoment {
  return walker.after(moment, { kind: 'command', command: command(1, name) });
}

export const lost: Happening = { kind: 'activityLost', cancelled: false, problem: 'it timed out (HEARTBEAT)' };
export const away = failed('SERVER_UNAVAILABLE', 'retryable');
export const unknown: Happening = { kind: 'activityFailed', failure: serverError(3752) };
export const unclear = failed('OUTCOME_UNCLEAR', 'needsOperator');
export const changed = failed('TABLE_CHANGED', 'terminal');
export const lacking = failed('UNKNOWN_CLUSTER', 'retryable');

/** Every end that what runs can have. */
function endsOf(moment: MigrationMoment): readonly Happening[] {
  const { running } = moment.state;
  if (running === null) return [];
  const stopping = walker.isStopping(moment, 'main');
  const common = [away, unknown, lacking, lost, failed('FENCED', 'terminal'), changed];
  const launched = [
    wellEnded(running, stopping, terms),
    wellEnded(running, stopping, { ...terms, postponeLaunch: true, postponeCompletion: true, verify: false }),
  ];
  if (running.kind === 'prepare') return [...launched, ...common];
  const well = wellEnded(running, stopping, terms);
  if (running.kind === 'attemptCutOver') {
    return [well, { kind: 'attempted', result: swapped }, { kind: 'attempted', result: blocked }, unclear, ...common];
  }
  if (running.kind === 'resolveCutOver') return [well, { kind: 'resolved', result: swapped }, unclear, ...common];
  return [well, ...common];
}

const commands: readonly CommandName[] = [
  ...(['launch', 'postpone', 'resume', 'pause', 'unpause', 'retry', 'cancel', 'verify'] as const),
];

/** What decides how a series of failures goes on. */
function seriesOf({ last, alike }: NonNullable<MigrationState['retrying']>): string | number {
  if (isFactOfWorker(last.code)) return 'worker';
  return last.code === 'SERVER_ERROR' ? alike : 'passes';
}

/** What tells states apart, as far as decisions depend on it; times and words do not. */
export function keyOf(moment: MigrationMoment): string {
  const { state, atMs } = moment;
  const { retrying, running, progress, stop, trouble, terms: known } = state;
  const { unresolved, unclear: given, swap, closed, launchAsked, verifyRequested } = state;
  return JSON.stringify([
    [
      progress,
      running,
      launchAsked,
      verifyRequested,
      swap !== null,
      closed,
      given !== null,
      walker.isStopping(moment, 'main'),
    ],
    [known?.postponeLaunch, known?.verify, state.postponed?.by, state.pauseReasons, state.pending.length > 0],
    [stop?.kind, trouble === null ? null : trouble.code === 'OUTCOME_UNCLEAR', unresolved && unresolved.failure?.kind],
    retrying === null ? null : [retrying.work.kind, seriesOf(retrying), retrying.nextAtMs > atMs],
    decide(state, atMs).main.kind,
  ]);
}

/** All states that can be reached. */
export function allMoments(): readonly MigrationMoment[] {
  const seen = walk([walker.first], keyOf, (moment) => [
    ...endsOf(moment).map((end) => walker.after(moment, end)),
    ...commands.map((name) => sent(moment, name)),
    ...[2_000, 60_000, 300_000].map((ms) => walker.later(moment, ms)),
    walker.after(moment, { kind: 'cancelRequested' }),
  ]);
  return [...seen.values()];
}
