/**
 * Plans as text, as they are kept in the sidecar. What is called a copy here is called a shadow there: it was the only kind
 * of copy when the first plans were kept, and workers of another version read the same rows.
 */
const storedNames = { copy: 'shadow', copyKey: 'shadowKey', copyKeyIndex: 'shadowKeyIndex' };
const namesHere = Object.fromEntries(Object.entries(storedNames).map(([here, stored]) => [stored, here]));

/** The text that is kept of a plan; each plan of a table in it has the stored names. */
export function planText(plan: object): string {
  return JSON.stringify(plan, (_key, value: unknown) => (isTablePlan(value) ? renamed(value, storedNames) : value));
}

/** The plan that was kept as this text. */
export function planFrom<Plan extends object>(text: string): Plan {
  return JSON.parse(text, (_key, value: unknown) =>
    isStoredTablePlan(value) ? renamed(value, namesHere) : value,
  ) as Plan;
}

function isTablePlan(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'copyKeyIndex' in value;
}

function isStoredTablePlan(value: unknown): value is object {
  return typeof value === 'object' && value !== null && storedNames.copyKeyIndex in value;
}

function renamed(value: object, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [names[name] ?? name, part as unknown]));
}
