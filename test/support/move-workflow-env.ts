/** What tests of `moveTables` share (workflow-env.ts). */
import type { MoveCommandName } from '../../src/contract/move/commands.js';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import type { MoveTablesInput, MoveTablesOptions } from '../../src/contract/move/input.js';
import type { MovePhase } from '../../src/lifecycle/move/phase.js';
import { FakeMoveActivities } from './fake-move-activities.js';
import { testOperation, type WorkflowSetting, type WorkflowTest } from './workflow-env.js';

/** What a test of one move works with. */
export interface MoveTest extends WorkflowTest<MoveTablesStatus, MoveCommandName, FakeMoveActivities> {
  /** Waits for a phase; of `following`, until traffic can be switched. */
  untilPhase(phase: MovePhase): Promise<MoveTablesStatus>;
}

export interface MoveSetting extends WorkflowSetting {
  readonly input?: unknown;
  readonly options?: MoveTablesOptions;
  readonly fakes?: FakeMoveActivities;
}

export const moveInput: MoveTablesInput = {
  name: 'orders-to-eu',
  source: { cluster: 'commerce', database: 'shop' },
  target: { cluster: 'commerce_eu', database: 'shop' },
  tables: ['customer', 'orders'],
};

/** A move, from its start to the replay of its history. */
export function testMove(setting: MoveSetting, body: (test: MoveTest) => Promise<unknown>): Promise<number> {
  const input = setting.input ?? { ...moveInput, options: setting.options };
  const fakes = setting.fakes ?? new FakeMoveActivities();
  return testOperation<MoveTablesStatus, MoveCommandName, FakeMoveActivities>(
    'moveTables',
    input,
    setting,
    fakes,
    (test) => {
      const untilPhase: MoveTest['untilPhase'] = (phase) =>
        test.until((now) => now.phase === phase && (phase !== 'following' || isReady(now)));
      return body({ ...test, untilPhase });
    },
  );
}

function isReady({ nextCommand, verified }: MoveTablesStatus): boolean {
  return verified && nextCommand?.name === 'switchTraffic';
}
