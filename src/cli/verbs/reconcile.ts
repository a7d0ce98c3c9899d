/** `switchyard reconcile`: what operations have left on a cluster. */
import { reconcileInputSchema, type ReconcileInput, type ReconcileResult } from '../../contract/reconcile.js';
import { decodePayload } from '../../contract/decode.js';
import { confirm } from '../confirm.js';
import { addOwnFlags, connected, withConnection, withTaskQueue, type AddVerb } from '../context.js';
import { exitCodes, UsageProblem } from '../ends.js';
import { givenFields, inFlags, placedFlags, type FlagsFor } from '../flags/flag.js';
import { table } from '../show/table.js';
import { writeJson, writeLines } from '../terminal.js';

const fields: FlagsFor<Omit<ReconcileInput, 'cluster'>> = {
  operationId: { value: 'id', about: 'look only at what this operation has left (its operationId)' },
  dryRun: { about: 'only tell what would be removed' },
  ownerIsGone: { about: 'the Temporal is gone for good in which the operation was begun' },
};
const flags = placedFlags(fields);

export const addReconcile: AddVerb = (program, context) => {
  const command = program
    .command('reconcile')
    .description("looks on a cluster for what operations have left, and removes what is nobody's any more.")
    .argument('<cluster>', "its name in the workers' configuration");
  addOwnFlags(command, flags).option('--yes', 'agree to it without being asked');
  withTaskQueue(withConnection(command)).action(async (cluster: string) => {
    const given = decodePayload(reconcileInputSchema, { cluster, ...givenFields(command, flags) });
    if (!given.fits) throw new UsageProblem(`${inFlags(given.problem, flags)}.`);
    const input = given.value;
    if (input.ownerIsGone === true && input.dryRun !== true) {
      const what = `reconcile ${cluster}: whatever operation ${input.operationId} still does elsewhere is taken for dead.`;
      await confirm(context.terminal, { what, word: 'yes' }, command.opts<{ yes?: true }>().yes ?? false);
    }
    await connected(command, context, async ({ client, terminal, json }) => {
      const result = await client.reconcile(input);
      if (json) writeJson(terminal, { version: 1, kind: 'reconciled', ...result });
      else writeLines(terminal, linesOf(result, terminal.columns));
      return result.residuals.some(({ outcome }) => outcome === 'refused') ? exitCodes.refused : exitCodes.done;
    });
  });
};

function linesOf({ cluster, dryRun, residuals }: ReconcileResult, columns: number): readonly string[] {
  if (residuals.length === 0) return [`There is nothing of Switchyard's on ${cluster} but its records.`];
  const rows = residuals.map(({ operationId, kind, outcome, parts, why }) => [
    ...[operationId, kind, outcome, parts.join('; '), why],
  ]);
  return [
    ...table(['OPERATION', 'KIND', 'OUTCOME', 'WHAT', 'WHY'], rows, columns),
    ...(dryRun ? ['Nothing was removed (--dry-run).'] : []),
  ];
}
