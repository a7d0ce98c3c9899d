/**
 * How many operations are open in each phase, as Temporal lists them: of all workers, and also of those for which nothing
 * runs, since they wait for a person. Temporal knows the phase where its search attributes are there.
 */
import type { Client } from '@temporalio/client';
import { operationKinds as kinds, workMetrics } from '../contract/operation/metrics.js';
import type { SearchAttributeName } from '../contract/operation/search-attributes.js';
import { operationsCountedMax } from '../limits/telemetry.js';
import type { Reading } from './reading.js';

const phaseAttribute: SearchAttributeName = 'SwitchyardPhase';
const query = `ExecutionStatus = 'Running' AND WorkflowType IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`;

/** Whose alert should see a change from 0. */
const first: readonly Reading[] = kinds.map((kind) => readingOf(kind, 'needsOperator', 0));

export class OpenOperations {
  readonly #client: Client;
  #readings = first;
  #looking = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Of the last look that Temporal has answered. */
  get readings(): readonly Reading[] {
    return this.#readings;
  }

  /** Never throws. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      this.#readings = await this.#counted();
    } catch {
      // A list is no part of the work: what Temporal does not answer now it may answer the next time.
    } finally {
      this.#looking = false;
    }
  }

  async #counted(): Promise<readonly Reading[]> {
    const counts = new Map(first.map((reading) => [keyOf(reading), reading]));
    let counted = 0;
    for await (const { type, searchAttributes } of this.#client.workflow.list({ query })) {
      const [phase] = searchAttributes[phaseAttribute] ?? [];
      const one = readingOf(type, typeof phase === 'string' ? phase : 'unknown', 1);
      const value = (counts.get(keyOf(one))?.value ?? 0) + 1;
      counts.set(keyOf(one), { ...one, value });
      counted += 1;
      if (counted === operationsCountedMax) break;
    }
    return [...counts.values()];
  }
}

function readingOf(kind: string, phase: string, value: number): Reading {
  return { metric: workMetrics.operations, value, labels: { kind, phase } };
}

function keyOf({ labels }: Reading): string {
  return Object.values(labels).join(' ');
}
