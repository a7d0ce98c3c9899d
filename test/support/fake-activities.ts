/** The activities of `onlineDdl` without a database (fakes.ts). */
import { verifyAgain } from '../../src/activities/operation/parse-input.js';
import { randomBytes } from 'node:crypto';
import { lookAtWindows } from '../../src/activities/operation/attempt-windows.js';
import { tellingOutside } from '../../src/activities/operation/outside.js';
import type { PrepareRequest } from '../../src/contract/operation/activities.js';
import type { Outside } from '../../src/contract/operation/outside.js';
import type { PreparedMigration, SwitchyardActivities } from '../../src/contract/migration/activities.js';
import type { OnlineDdlInput } from '../../src/contract/migration/input.js';
import { copied, Fakes, synchronised, untilCancelled } from './fakes.js';

export { activityError } from './fakes.js';

export class FakeActivities extends Fakes<SwitchyardActivities> {
  constructor(
    overrides: Partial<SwitchyardActivities> = {},
    /** The name of the old table; another one in each test, since its clean-up is a workflow with that name. */
    readonly retainedTable = `_sw_${randomBytes(5).toString('hex')}_old`,
  ) {
    super({
      prepareMigration: (request) => Promise.resolve(preparedFrom(request.input, retainedTable)),
      synchronise: synchronised,
      watchPaused: async () => {
        await untilCancelled();
        return { outcome: 'stopped' };
      },
      attemptCutOver: () => Promise.resolve({ outcome: 'swapped', completedAt: swappedAt, blockedMs: 12 }),
      resolveCutOver: () => Promise.resolve({ outcome: 'notSwapped' }),
      finishMigration: () => Promise.resolve(copied),
      cleanUpMigration: () => Promise.resolve({ leftBehind: [] }),
      recordAudit: () => Promise.resolve(),
      lookAtWindows: ({ windows, atMs, attemptMs }) => Promise.resolve(lookAtWindows(windows, atMs, attemptMs)),
      sendNotice: () => Promise.resolve(),
      lookOutside: () => Promise.resolve({ searchAttributes: [] }),
      dropRetainedTable: () => Promise.resolve({ outcome: 'dropped' }),
      dropRetainedTables: ({ retainedTables }) => Promise.resolve({ dropped: retainedTables.length, alreadyGone: 0 }),
      ...overrides,
    });
  }

  /** From now on this is told of who looks from outside. */
  isSeenFrom(outside: Outside): void {
    const look = (): Promise<Outside> => Promise.resolve(outside);
    const prepare = ({ input }: PrepareRequest) => Promise.resolve(preparedFrom(input, this.retainedTable));
    this.answer('prepareMigration', tellingOutside(look, prepare));
    this.answer('lookOutside', look);
  }
}

export const swappedAt = '2026-11-21T04:00:00.000Z';
export const operationId = '0123456789abcdef';

/** What a preparation makes of an input. */
function preparedFrom(input: unknown, retainedTable: string): PreparedMigration {
  const { cluster, database, options } = input as OnlineDdlInput;
  return {
    operationId,
    cluster,
    database,
    table: 'orders',
    retainedTable,
    postponeLaunch: options?.postponeLaunch ?? false,
    postponeCompletion: options?.postponeCompletion ?? false,
    ...(options?.completeAt === undefined ? {} : { completeAt: options.completeAt }),
    verify: options?.verify ?? true,
    verifyAgain: verifyAgain({ options }),
    retainForMs: 86_400_000,
    cutOver: {
      lockTimeoutMs: options?.cutOver?.lockTimeoutMs ?? 1_000,
      maxAttempts: options?.cutOver?.maxAttempts ?? 10,
      backoffMs: options?.cutOver?.backoffMs ?? [0, 10_000],
      ...(options?.cutOver?.window === undefined ? {} : { window: options.cutOver.window }),
    },
    throttle: options?.throttle ?? {},
    warnings: [],
  };
}
