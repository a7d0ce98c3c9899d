/** Limits of src/telemetry, each with its unit in its name and its reason. */

/** Gauges are worked out so often: more often than anybody collects them. */
export const gaugesIntervalMs = 2_000;

/** Temporal is asked so often what is open: a list costs it something, and there may be many workers. */
export const openLookIntervalMs = 60_000;
/** What is beyond that is not counted: a number of operations that nobody runs, and a bound for a list that would not end. */
export const operationsCountedMax = 20_000;
