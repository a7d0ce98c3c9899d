/** What tests of `moveTables` share: as workflow-env.ts does for `onlineDdl`. */
import type { WorkflowHandle } from '@temporalio/client';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { MoveCommandName } from '../../src/contract/move/commands.js';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import type { MoveTablesInput, MoveTablesOptions } from '../../src/contract/move/input.js';
import type { MovePhase } from '../../src/lifecycle/move/phase.js';
import { FakeMoveActivities } from './fake-move-activities.js';
import { eventually, testWorkflow, type MigrationSetting } from './workflow-env.js';

/** What a test of one move works with. */
export interface MoveTest {
  readonly handle: WorkflowHandle;
  readonly fakes: FakeMoveActivities;
  status(): Promise<MoveTablesStatus>;
  /** Sends a command as update and waits for its answer. */
  command(name: MoveCommandName, payload?: object): Promise<CommandAnswer>;
  /** Sends it as signal, and waits until the status shows its answer. */
  signal(name: MoveCommandName, payload?: object): Promise<CommandAnswer>;
  until(fits: (status: MoveTablesStatus) => boolean): Promise<MoveTablesStatus>;
  /** Waits for a phase; of `following`, until traffic can be switched. */
  untilPhase(phase: MovePhase): Promise<MoveTablesStatus>;
}

export interface MoveSetting extends Pick<MigrationSetting, 'fixture' | 'beforeWorker'> {
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

/** Starts a move and a worker, runs `body`, and replays the history that came of it. Returns that history's length. */
export async function testMove(setting: MoveSetting, body: (test: MoveTest) => Promise<unknown>): Promise<number> {
  const fakes = setting.fakes ?? new FakeMoveActivities();
  const input = setting.input ?? { ...moveInput, options: setting.options };
  return testWorkflow('moveTables', [input], setting, fakes, (handle) => {
    const status = (): Promise<MoveTablesStatus> => handle.query<MoveTablesStatus>('status');
    const until: MoveTest['until'] = (fits) => eventually(status, fits);
    return body({
      handle,
      fakes,
      status,
      until,
      command: (name, payload) =>
        payload === undefined ? handle.executeUpdate(name) : handle.executeUpdate(name, { args: [payload] }),
      signal: async (name, payload) => {
        const before = JSON.stringify((await status()).lastCommand);
        await handle.signal(name, ...(payload === undefined ? [] : [payload]));
        const { lastCommand } = await until((now) => JSON.stringify(now.lastCommand) !== before);
        if (lastCommand === null) throw new Error(`${name} has no answer`);
        return lastCommand;
      },
      untilPhase: (phase) => until((now) => now.phase === phase && (phase !== 'following' || isReady(now))),
    });
  });
}

function isReady({ nextCommand, verified }: MoveTablesStatus): boolean {
  return verified && nextCommand?.name === 'switchTraffic';
}
