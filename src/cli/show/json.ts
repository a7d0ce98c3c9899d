/** What `--json` says: objects with a version, additive as the contract. */
import type { OperationSummary } from '../../client/summary.js';
import type { Look } from '../looks.js';

/** One operation. `status` is as the contract has it; null where its workflow does not answer, which `problem` says. */
export function operationJson({ summary, shown, problem }: Look): object {
  return {
    ...{ version: 1, kind: 'operation' },
    ...summaryJson(summary),
    status: shown?.status ?? null,
    progress: shown?.progress ?? null,
    problem: problem === null ? null : { code: problem.code, message: problem.message, remedy: problem.remedy },
  };
}

/** What Temporal's lists know of one. */
export function summaryJson({ kind: type, ...summary }: OperationSummary): object {
  return { type, ...summary };
}
