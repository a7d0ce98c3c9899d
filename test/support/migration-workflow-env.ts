/** What tests of `onlineDdl` share (workflow-env.ts). */
import type { OnlineDdlCommandName } from '../../src/contract/migration/commands.js';
import type { OnlineDdlInput, OnlineDdlOptions } from '../../src/contract/migration/input.js';
import type { OnlineDdlStatus } from '../../src/contract/migration/status.js';
import { FakeActivities } from './fake-activities.js';
import { testOperation, type WorkflowSetting, type WorkflowTest } from './workflow-env.js';

/** What a test of one migration works with. */
export type MigrationTest = WorkflowTest<OnlineDdlStatus, OnlineDdlCommandName, FakeActivities>;

export interface MigrationSetting extends WorkflowSetting {
  readonly input?: unknown;
  readonly options?: OnlineDdlOptions;
  readonly fakes?: FakeActivities;
}

export const migrationInput: OnlineDdlInput = {
  cluster: 'commerce',
  database: 'shop',
  statement: 'ALTER TABLE orders ADD COLUMN note TEXT',
};

/** A migration, from its start to the replay of its history. */
export function testMigration(
  setting: MigrationSetting,
  body: (test: MigrationTest) => Promise<unknown>,
): Promise<number> {
  const input = setting.input ?? { ...migrationInput, options: setting.options };
  return testOperation('onlineDdl', input, setting, setting.fakes ?? new FakeActivities(), body);
}
