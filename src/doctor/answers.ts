/** What preflight's checks say of a server, as findings. */
import type { ServerAnswer } from '../mysql/preflight/ask-server.js';
import { serverErrorRule } from '../mysql/server/session/error-kinds.js';
import { serverErrorNumber, serverMessage } from '../mysql/server/session/server-errors.js';
import { notAsked, problemOf, warning, type Finding } from './check.js';

const remedy = 'It stops nothing by itself; operations on this cluster have it among their warnings.';

/** Empty where nothing is to be told. */
export function answersAsFindings(answers: readonly ServerAnswer[], cluster: string): readonly Finding[] {
  return answers.flatMap(({ error, warnings }) => [
    ...(error === undefined ? [] : [errorAsFinding(error, cluster)]),
    ...warnings.map((message) => warning(message, remedy)),
  ]);
}

/** A privilege that is missing for the question is told by the check of the grants. */
function errorAsFinding(error: unknown, cluster: string): Finding {
  const number = serverErrorNumber(error);
  if (number !== undefined && serverErrorRule(number)?.cause === 'access') {
    return notAsked(`One question was refused, for a privilege that is missing: ${serverMessage(error)}.`);
  }
  return problemOf(error, cluster);
}
