/** Every try of an activity that has failed: counted by its code, and on every line that the SDK logs of an activity whose it is. */
import { ApplicationFailure, type MetricMeter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { measure, workMetrics } from '../contract/operation/metrics.js';

/** What requests of activities say of whom they are for, as far as they do. */
interface Request {
  readonly operationId?: unknown;
  readonly cluster?: unknown;
  readonly sourceCluster?: unknown;
}

export function seeingFailedTries(meter: MetricMeter): ActivityInterceptorsFactory {
  return ({ info }) => {
    let subject: Readonly<Record<string, string>> = {};
    return {
      inbound: {
        async execute(input, next) {
          subject = subjectOf(input.args[0]);
          try {
            return await next(input);
          } catch (error) {
            // Whoever was asked to stop, or stops with its worker, has not failed.
            if (error instanceof ApplicationFailure) {
              const labels = { activity: info.activityType, code: error.type ?? 'UNEXPECTED' };
              measure(meter, workMetrics.failedTries, 1, labels);
            }
            throw error;
          }
        },
      },
      outbound: {
        getLogAttributes: (attributes, next) => next({ ...attributes, kind: info.workflowType, ...subject }),
      },
    };
  };
}

function subjectOf(request: unknown): Readonly<Record<string, string>> {
  const { operationId, cluster, sourceCluster } = (request ?? {}) as Request;
  const where = cluster ?? sourceCluster;
  return {
    ...(typeof operationId === 'string' ? { operationId } : {}),
    ...(typeof where === 'string' ? { cluster: where } : {}),
  };
}
