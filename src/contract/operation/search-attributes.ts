/** By what Temporal's lists find an operation: search attributes, set where the namespace has them (docs/lists.md). */

/** Their types, as the SDK calls them. Few: a namespace may have only three lists of keywords. */
export const searchAttributeTypes = {
  /** As in the status. */
  SwitchyardPhase: 'KEYWORD',
  /** Of a move both. */
  SwitchyardCluster: 'KEYWORD_LIST',
  /** As `database.table`; more than there is room for are `database.*`. */
  SwitchyardTable: 'KEYWORD_LIST',
  /** Whether it goes no further until a person decides. */
  SwitchyardNeedsOperator: 'BOOL',
} as const;

export type SearchAttributeName = keyof typeof searchAttributeTypes;

export const searchAttributeNames = Object.keys(searchAttributeTypes) as readonly SearchAttributeName[];

/** Their types, as the Temporal CLI calls them. */
export const searchAttributeCliTypes = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', BOOL: 'Bool' } as const;
