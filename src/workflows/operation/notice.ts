/** One notice, put together from what has happened and from what the status says now. */
import { workflowInfo } from '@temporalio/workflow';
import type { Notice } from '../../contract/operation/notices.js';
import type { OperationStatus } from '../../contract/operation/status.js';
import type { OperationKind } from '../../domain/residual.js';
import type { Notifiable } from '../../lifecycle/operation/notifiable.js';
import { noticeSentenceBytesMax } from '../../limits/workflows.js';
import { tableKeywords, type ListedPlace } from './lists.js';
import { cutToBytes } from './text.js';

/** Which operation it is about. */
export interface NoticeSubject {
  readonly kind: OperationKind;
  readonly name: string;
  readonly place: ListedPlace;
  readonly status: Pick<OperationStatus, 'operationId' | 'phase' | 'nextStep' | 'nextCommand'>;
}

/** @param number of the notice among those of its operation. @param at ISO time. */
export function noticeOf(
  { event, sentence: whole }: Notifiable,
  { kind, name, place, status }: NoticeSubject,
  number: number,
  at: string,
): Notice {
  const { namespace, workflowId, firstExecutionRunId } = workflowInfo();
  const { operationId, phase, nextStep, nextCommand } = status;
  const sentence = cutToBytes(whole, noticeSentenceBytesMax);
  return {
    version: 1,
    id: `${operationId ?? firstExecutionRunId}/${number}`,
    ...{ event, at, namespace, workflowId, operationId, kind, name },
    clusters: [...place.clusters],
    tables: tableKeywords(place.tables),
    ...{ phase, sentence, nextStep },
    nextCommand: nextCommand === null ? null : { name: nextCommand.name, input: { ...nextCommand.input } },
    text: `${kind} ${name}: ${event}. ${sentence} ${nextStep}`,
  };
}
