/**
 * `switchyard/workflows`: for workflows of others that start operations as children. It loads in the sandbox of a
 * workflow, and decides nothing that a replay could see otherwise: ids are the caller's.
 */
import { defineSignal, type ChildWorkflowOptions, type SignalDefinition } from '@temporalio/workflow';
import { onlineDdlCommandSchemas } from './contract/migration/commands.js';
import type { OnlineDdlInput, OnlineDdlResult } from './contract/migration/input.js';
import { moveCommandSchemas } from './contract/move/commands.js';
import type { MoveTablesInput, MoveTablesResult } from './contract/move/input.js';
import { taskQueueDefault } from './contract/names.js';

export { moveTablesWorkflowId, onlineDdlWorkflowId, taskQueueDefault, workflowTypes } from './contract/names.js';
export type { OnlineDdlInput, OnlineDdlResult, MoveTablesInput, MoveTablesResult };

/** For `startChild<OnlineDdlWorkflow>('onlineDdl', …)`. */
export type OnlineDdlWorkflow = (input: OnlineDdlInput) => Promise<OnlineDdlResult>;
export type MoveTablesWorkflow = (input: MoveTablesInput) => Promise<MoveTablesResult>;

/** What a parent may say of its child; how the two end is decided here. */
export type OperationChildOptions = Pick<ChildWorkflowOptions, 'memo' | 'staticSummary' | 'staticDetails'> & {
  readonly workflowId: string;
  readonly taskQueue?: string;
};

/**
 * Options of a child that outlives its parent: whatever becomes of that, the operation goes on, or is cancelled by a
 * command. The SDK's default would terminate it, which leaves what it has made on the servers.
 */
export function operationChild<Input>(input: Input, { taskQueue, ...options }: OperationChildOptions) {
  return {
    ...options,
    taskQueue: taskQueue ?? taskQueueDefault,
    args: [input] as [Input],
    parentClosePolicy: 'ABANDON',
    cancellationType: 'ABANDON',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  } as const;
}

/** The commands of a schema change as signals, which is all that a workflow can send; `lastCommand` has the answer. */
export const onlineDdlSignals = signalsOf(
  Object.keys(onlineDdlCommandSchemas) as (keyof typeof onlineDdlCommandSchemas)[],
);

/** The commands of a move. */
export const moveTablesSignals = signalsOf(Object.keys(moveCommandSchemas) as (keyof typeof moveCommandSchemas)[]);

function signalsOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, SignalDefinition<[object?]>>> {
  return Object.fromEntries(names.map((name) => [name, defineSignal<[object?]>(name)])) as Record<
    Name,
    SignalDefinition<[object?]>
  >;
}
