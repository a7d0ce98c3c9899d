/** What workflows of ours can do (by the sources), and what recorded histories have of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createActivities } from '../../src/activities/create-activities.js';
import { workflowTypes } from '../../src/contract/names.js';

const sources = resolve(import.meta.dirname, '../../src/workflows');

export function workflowsThere(): ReadonlySet<string> {
  return new Set(Object.values(workflowTypes));
}

export function activitiesThere(): ReadonlySet<string> {
  return new Set(Object.keys(createActivities({ clusters: new Map() })));
}

/** The ids of all `patched()` in src/workflows: a text, or a constant of the same file. @throws where it is neither. */
export function patchesThere(): ReadonlySet<string> {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const ids = files.flatMap((file) => {
    const text = readFileSync(join(sources, file), 'utf8');
    return [...text.matchAll(/\bpatched\(([^)]+)\)/g)].map(([, argument = '']) => idOf(argument, text, file));
  });
  return new Set(ids);
}

function idOf(argument: string, text: string, file: string): string {
  const literal = /^'([^']+)'$/.exec(argument) ?? new RegExp(`const ${argument} = '([^']+)'`).exec(text);
  if (literal?.[1] === undefined) throw new Error(`${file}: patched(${argument}) has no id that can be read`);
  return literal[1];
}

interface Shapes {
  readonly workflows: ReadonlySet<string>;
  readonly activities: ReadonlySet<string>;
  readonly patches: ReadonlySet<string>;
  /** Workflow types that are started as children. */
  readonly children: ReadonlySet<string>;
  readonly timers: number;
}

interface Named {
  readonly name: string;
}

/** As much as is read of an event in JSON. */
interface HistoryEvent {
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: Named };
  readonly activityTaskScheduledEventAttributes?: { readonly activityType: Named };
  readonly startChildWorkflowExecutionInitiatedEventAttributes?: { readonly workflowType: Named };
  readonly markerRecordedEventAttributes?: {
    readonly details: Readonly<Record<string, { readonly payloads: readonly { readonly data: string }[] }>>;
  };
  readonly timerStartedEventAttributes?: object;
}

export function shapesIn(histories: readonly unknown[]): Shapes {
  const events = histories.flatMap((history) => (history as { readonly events: readonly HistoryEvent[] }).events);
  const names = (of: (event: HistoryEvent) => string | undefined): ReadonlySet<string> =>
    new Set(events.map(of).filter((name) => name !== undefined));
  return {
    workflows: names((event) => event.workflowExecutionStartedEventAttributes?.workflowType.name),
    activities: names((event) => event.activityTaskScheduledEventAttributes?.activityType.name),
    children: names((event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType.name),
    patches: names(patchIn),
    timers: events.filter((event) => event.timerStartedEventAttributes !== undefined).length,
  };
}

function patchIn({ markerRecordedEventAttributes: marker }: HistoryEvent): string | undefined {
  const data = marker?.details['patch-data']?.payloads[0]?.data;
  if (data === undefined) return undefined;
  return (JSON.parse(Buffer.from(data, 'base64').toString()) as { readonly id: string }).id;
}
