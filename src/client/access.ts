/** How a client asks Temporal: within a time, and with errors by their names. */
import type { Client } from '@temporalio/client';
import { clientAnswerMs } from '../limits/client.js';
import { clientProblem, type Asked } from './problems.js';

export class Access {
  constructor(
    readonly client: Client,
    /** As people wrote it; for messages. */
    readonly address: string,
  ) {}

  /**
   * Calls Temporal. @param withinMs how long an answer is waited for; null: for as long as it takes.
   * @throws errors of the catalogue for what Temporal and workers say, others as they are.
   */
  async ask<T>(
    what: string,
    workflowId: string,
    call: () => Promise<T>,
    withinMs: number | null = clientAnswerMs,
  ): Promise<T> {
    try {
      return await (withinMs === null ? call() : this.client.withDeadline(Date.now() + withinMs, call));
    } catch (error) {
      throw this.named(error, { what, workflowId, withinMs: withinMs ?? 0 });
    }
  }

  /** The error by its name. */
  named(error: unknown, asked: Pick<Asked, 'what' | 'workflowId' | 'withinMs'>): unknown {
    const { namespace } = this.client.options;
    return clientProblem(error, { ...asked, namespace, address: this.address });
  }
}
