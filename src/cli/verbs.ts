/** Every verb there is, in the order of the help. One is a function that adds a command, and loads what is heavy when it is called. */
import { addDoctor } from '../doctor/add-doctor.js';
import type { AddVerb } from './context.js';
import { addCommandVerbs } from './verbs/command-verbs.js';
import { addCompletion } from './verbs/completion.js';
import { addDdl } from './verbs/ddl.js';
import { localVerbs, type WorkerWords } from './verbs/local.js';
import { addMove } from './verbs/move.js';
import { addReconcile } from './verbs/reconcile.js';
import { addReport } from './verbs/report.js';
import { addStatus } from './verbs/status.js';

/** @param work runs a worker until it is asked to end. */
export function verbs(work: (words: WorkerWords) => Promise<void>): readonly AddVerb[] {
  return [
    addDdl,
    addMove,
    addStatus,
    addCommandVerbs,
    addDoctor,
    addReconcile,
    addReport,
    localVerbs(work),
    addCompletion,
  ];
}
