/** What Temporal's lists show of an operation: its search attributes, set where they exist and only when they change. */
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { KeptTable } from '../../domain/retained.js';
import { searchAttributeTypes, type SearchAttributeName } from '../../contract/operation/search-attributes.js';
import { keywordCharactersMax, keywordListBytesMax, keywordListMax } from '../../limits/workflows.js';

type ListedTable = Pick<KeptTable, 'database' | 'table'>;

/** Where an operation works; no tables before its preparation. */
export interface ListedPlace {
  readonly clusters: readonly string[];
  readonly tables: readonly ListedTable[];
}

/** What is shown of it. */
interface Listed extends ListedPlace {
  readonly phase: string;
  readonly needsOperator: boolean;
}

/** @param known those that the namespace has. */
export function showInLists(known: readonly SearchAttributeName[], listed: Listed): void {
  const { typedSearchAttributes: shown } = workflowInfo();
  const changed = known
    .flatMap((name) => pairOf(name, listed))
    .filter(({ key, value }) => JSON.stringify(shown.get(key)) !== JSON.stringify(value));
  if (changed.length > 0) upsertSearchAttributes(changed);
}

/** Nothing where there is nothing to show yet: an empty list would be one event for nothing. */
function pairOf(name: SearchAttributeName, listed: Listed): readonly SearchAttributeUpdatePair[] {
  switch (name) {
    case 'SwitchyardPhase':
      return [{ key: defineSearchAttributeKey(name, searchAttributeTypes[name]), value: listed.phase }];
    case 'SwitchyardNeedsOperator':
      return [{ key: defineSearchAttributeKey(name, searchAttributeTypes[name]), value: listed.needsOperator }];
    default: {
      const value = name === 'SwitchyardCluster' ? keywords(listed.clusters) : tableKeywords(listed.tables);
      return value.length === 0 ? [] : [{ key: defineSearchAttributeKey(name, searchAttributeTypes[name]), value }];
    }
  }
}

/**
 * The tables as Temporal takes them: it refuses a list that is too large, and with it the whole workflow task. Where they
 * do not all fit, the first ones, and `database.*` for each database.
 */
export function tableKeywords(tables: readonly ListedTable[]): string[] {
  const all = keywords(tables.map(({ database, table }) => `${database}.${table}`));
  if (fits(all)) return all;
  const databases = keywords([...new Set(tables.map(({ database }) => database))].map((database) => `${database}.*`));
  let kept = all.slice(0, keywordListMax);
  while (kept.length > 0 && !fits([...databases, ...kept])) kept = kept.slice(0, -1);
  return [...databases, ...kept];
}

function fits(list: readonly string[]): boolean {
  return list.length <= keywordListMax && new TextEncoder().encode(JSON.stringify(list)).length <= keywordListBytesMax;
}

/** Each once, and none that a keyword has no room for: an input that was not checked may have any text as a name. */
function keywords(texts: readonly string[]): string[] {
  const short = texts.map((text) => [...text].slice(0, keywordCharactersMax).join(''));
  return [...new Set(short)].filter((text) => text !== '');
}
