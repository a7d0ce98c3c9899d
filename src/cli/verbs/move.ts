/** `switchyard move`: moves tables to another cluster. */
import { moveTablesWorkflowId } from '../../contract/names.js';
import { readMoveTablesInput, type MoveTablesInput } from '../../contract/move/input.js';
import type { AddVerb } from '../context.js';
import { startMoveFlags } from '../flags/starts.js';
import { inputFields, startOperation, withStart } from './starts.js';

export const addMove: AddVerb = (program, context) => {
  const command = program
    .command('move')
    .description('moves tables to another cluster, with a way back until it is completed.')
    .argument('<name>', 'what it is called');
  withStart(command, startMoveFlags).action((name: string) => {
    const input = { name, ...inputFields(command, startMoveFlags) } as MoveTablesInput;
    return startOperation(command, context, startMoveFlags, input, {
      idOf: (some) => moveTablesWorkflowId(readMoveTablesInput(some).name),
      start: ({ client }, some, options) => client.moveTables(some, options),
    });
  });
};
