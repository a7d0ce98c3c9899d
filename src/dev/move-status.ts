/** Waits for a move to get somewhere. */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { MoveTablesStatus } from '../contract/move/status.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { demoStepTimeoutMs } from '../limits/dev.js';

/**
 * The status, once it is as wanted. Errors: DEV_RUN_FAILED where the move waits for a person, has ended, or takes too long.
 * @param look is shown each status that is not.
 */
export async function until(
  handle: WorkflowHandle,
  what: string,
  wanted: (status: MoveTablesStatus) => boolean,
  look: (status: MoveTablesStatus) => Promise<void> = () => Promise.resolve(),
): Promise<MoveTablesStatus> {
  const deadline = Date.now() + demoStepTimeoutMs;
  for (;;) {
    const status = await handle.query<MoveTablesStatus>('status');
    const { error, phase } = status;
    if (error !== null) throw new SwitchyardError('DEV_RUN_FAILED', { problem: `${error.code}: ${error.message}` });
    if (wanted(status)) return status;
    if (Date.now() > deadline) {
      const seconds = demoStepTimeoutMs / 1_000;
      throw new SwitchyardError('DEV_RUN_FAILED', { problem: `waited ${seconds} s for ${what}; it is still ${phase}` });
    }
    await look(status);
    await pause(100);
  }
}
