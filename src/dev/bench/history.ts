/** What the history of a workflow says about it: how long each stage took, and how large the history is. */
import { defaultPayloadConverter, type WorkflowHandle } from '@temporalio/client';
import type { SynchroniseRequest } from '../../contract/migration/activities.js';

export interface Stage {
  /** The activity, or the goal of one that synchronises. */
  readonly name: string;
  readonly seconds: number;
  /** When it ended, in seconds from the start of the workflow. */
  readonly endedSeconds: number;
}

export interface HistoryFigures {
  /** From the start of the workflow to its end. */
  readonly seconds: number;
  readonly stages: readonly Stage[];
  readonly historyEvents: number;
  readonly historyBytes: number;
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** Of a workflow that has ended. */
export async function readHistory(handle: WorkflowHandle): Promise<HistoryFigures> {
  const { events } = await handle.fetchHistory();
  const list = events ?? [];
  const [first, last] = [list.at(0), list.at(-1)];
  const startedMs = first === undefined ? 0 : timeMs(first);
  const { historySize } = await handle.describe();
  return {
    seconds: ((last === undefined ? 0 : timeMs(last)) - startedMs) / 1_000,
    stages: stagesOf(list, startedMs),
    historyEvents: list.length,
    historyBytes: historySize ?? 0,
  };
}

/** What no stage accounts for until then: Temporal and the workflow between them. */
export function secondsBetween(stages: readonly Stage[], untilSeconds: number): number {
  return untilSeconds - stages.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** What runs beside the stages and is none: the audit log, and what tells the router and asks servers. */
const beside = ['recordAudit', 'routeTraffic', 'probeServers', 'watchServers'];

/** The activities of the data plane in their order, from the moment a worker had them. */
function stagesOf(events: readonly HistoryEvent[], startedMs: number): readonly Stage[] {
  const byId = new Map(events.map((event) => [Number(event.eventId), event]));
  const stages: Stage[] = [];
  for (const event of events) {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed == null) continue;
    const scheduled = byId.get(Number(completed.scheduledEventId));
    const started = byId.get(Number(completed.startedEventId));
    const name = scheduled === undefined ? undefined : nameOf(scheduled);
    if (started === undefined || name === undefined || beside.includes(name)) continue;
    const seconds = (timeMs(event) - timeMs(started)) / 1_000;
    stages.push({ name, seconds, endedSeconds: (timeMs(event) - startedMs) / 1_000 });
  }
  return stages;
}

const synchronising = ['synchronise', 'synchroniseMove'];

function nameOf({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): string | undefined {
  const type = scheduled?.activityType?.name ?? undefined;
  const [payload] = scheduled?.input?.payloads ?? [];
  if (type === undefined || !synchronising.includes(type) || payload == null) return type;
  return defaultPayloadConverter.fromPayload<Pick<SynchroniseRequest, 'goal'>>(payload).goal;
}

function timeMs({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds) * 1_000 + Number(eventTime?.nanos) / 1_000_000;
}
