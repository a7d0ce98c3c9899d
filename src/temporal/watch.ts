/** Says once that Temporal does not answer any more, and once that it does again. What runs goes on meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { temporalAnswerMs, temporalLookIntervalMs, temporalSilentLooksMax } from '../limits/temporal.js';
import type { TemporalAccess } from './connect.js';
import { temporalProblem } from './problem.js';
import { toStderr, type Report } from './report.js';

interface Pace {
  /** Between two looks. */
  readonly intervalMs: number;
  /** How long an answer is waited for. */
  readonly answerMs: number;
}

const workersPace: Pace = { intervalMs: temporalLookIntervalMs, answerMs: temporalAnswerMs };

/** Watches until it is told to stop, which is what it returns. */
export function watchTemporal(access: TemporalAccess, report: Report = toStderr, pace: Pace = workersPace): () => void {
  const stopped = new AbortController();
  void watch(access, report, pace, stopped.signal);
  return () => stopped.abort();
}

async function watch(access: TemporalAccess, report: Report, pace: Pace, signal: AbortSignal): Promise<void> {
  let silent = 0;
  let sinceMs = 0;
  while (!signal.aborted) {
    const askedAtMs = Date.now();
    const problem = await look(access, pace.answerMs);
    if (signal.aborted) return;
    if (problem === undefined) {
      if (silent >= temporalSilentLooksMax)
        report(`Temporal at ${access.address} answers again, ${seconds(sinceMs)} s later`, 'info');
      silent = 0;
    } else {
      if (silent === 0) sinceMs = askedAtMs;
      silent += 1;
      if (silent === temporalSilentLooksMax) {
        report(`${problem} What runs goes on, and the worker tries again by itself.`);
      }
    }
    await sleep(pace.intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** What is wrong; undefined where Temporal answers. The SDK tries a call again for 10 s, whatever its deadline is. */
async function look({ connection, address, namespace }: TemporalAccess, answerMs: number): Promise<string | undefined> {
  const answered = new AbortController();
  const asked = connection.withDeadline(Date.now() + answerMs, () => connection.workflowService.getSystemInfo({}));
  const silence = sleep(answerMs, undefined, { signal: answered.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${answerMs / 1_000} s`);
  });
  try {
    await Promise.race([asked, silence]);
    return undefined;
  } catch (error) {
    const { code, message } = temporalProblem(error, { address, namespace });
    return `${code}: ${message}`;
  } finally {
    for (const promise of [asked, silence]) promise.catch(() => undefined);
    answered.abort();
  }
}

function seconds(sinceMs: number): number {
  return Math.round((Date.now() - sinceMs) / 1_000);
}
