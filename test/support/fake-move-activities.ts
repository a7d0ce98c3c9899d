/** The activities of `moveTables` without a database (fakes.ts): all goes well unless a test says otherwise. */
import { CancelledFailure } from '@temporalio/common';
import { lookAtWindows } from '../../src/activities/operation/attempt-windows.js';
import { parseMoveTablesInput, moveTerms } from '../../src/activities/move/parse-input.js';
import { tellingOutside } from '../../src/activities/operation/outside.js';
import type { Outside } from '../../src/contract/operation/outside.js';
import type { MoveActivities, PreparedMove } from '../../src/contract/move/activities.js';
import { Fakes, synchronised, untilCancelled } from './fakes.js';

export { activityError } from './fakes.js';

export const switchedAt = '2026-11-21T04:00:00.000Z';
export const moveOperationId = '0123456789';
export const switched = { outcome: 'switched', switchedAt, blockedMs: 12 } as const;
export const bothAnswer = { source: null, target: null } as const;
export const outage = { since: '2026-11-21T03:00:00.000Z', problem: 'connection refused' } as const;

export class FakeMoveActivities extends Fakes<MoveActivities> {
  constructor(overrides: Partial<MoveActivities> = {}) {
    super({
      prepareMove: ({ input }) => Promise.resolve(preparedFrom(input)),
      synchroniseMove: synchronised,
      watchPausedMove: untilCancelled,
      attemptSwitch: () => Promise.resolve(switched),
      attemptReverse: ({ acceptLoss }) =>
        Promise.resolve({ ...switched, lossAccepted: acceptLoss, lastReversedPosition: 'gtid:7' }),
      resolveSwitch: () => Promise.resolve({ outcome: 'notSwitched' }),
      startReverse: () => Promise.resolve({ outcome: 'caughtUp', position: 'gtid:1', ...bothAnswer }),
      followReverse: async () => {
        await untilCancelled();
        return { outcome: 'stopped', position: 'gtid:2', ...bothAnswer };
      },
      watchServers: async () => {
        await untilCancelled();
        throw new CancelledFailure('nothing has changed');
      },
      completeMove: () => Promise.resolve(),
      forceCompleteMove: ({ components }) =>
        Promise.resolve({ components, routed: true, residuals: components.map((part) => `source: ${part}`) }),
      finishMove: () => Promise.resolve({ residuals: [] }),
      cleanUpMove: () => Promise.resolve({ residuals: [] }),
      routeTraffic: () => Promise.resolve(),
      probeServers: () => Promise.resolve(bothAnswer),
      lookAtWindows: ({ windows, atMs, attemptMs }) => Promise.resolve(lookAtWindows(windows, atMs, attemptMs)),
      sendNotice: () => Promise.resolve(),
      lookOutside: () => Promise.resolve({ searchAttributes: [] }),
      recordAudit: () => Promise.resolve(),
      ...overrides,
    });
  }

  /** From now on this is told of who looks from outside. */
  isSeenFrom(outside: Outside): void {
    const look = (): Promise<Outside> => Promise.resolve(outside);
    this.answer(
      'prepareMove',
      tellingOutside(look, ({ input }) => Promise.resolve(preparedFrom(input))),
    );
    this.answer('lookOutside', look);
  }

  /** The calls of the main lane in their order: the router and the probes run beside it. */
  get mainOrder(): readonly string[] {
    return this.order.filter((name) => name !== 'routeTraffic' && name !== 'probeServers');
  }

  /** From now on a server answers nobody. */
  loses(side: 'source' | 'target'): void {
    const sight = { ...bothAnswer, [side]: outage };
    const reverse = () => Promise.resolve({ outcome: 'unreachable', position: 'gtid:9', ...sight } as const);
    this.answer('startReverse', reverse);
    this.answer('followReverse', reverse);
    this.answer('probeServers', () => Promise.resolve(sight));
  }
}

/** What a preparation makes of an input. */
function preparedFrom(given: unknown): PreparedMove {
  const input = parseMoveTablesInput(given);
  const { source, target, options } = input;
  return {
    operationId: moveOperationId,
    source,
    target,
    sourceTables: options?.sourceTables ?? 'rename',
    terms: moveTerms(input, input.tables ?? ['customer', 'orders']),
    warnings: [],
  };
}
