/** What docs/throttling.md says of limits is what there is. */
import { expect, it } from 'vitest';
import { onlineDdlOptionsSchema } from '../../src/contract/migration/input.js';
import { moveTablesOptionsSchema } from '../../src/contract/move/input.js';
import { throttleAnswerMs, throttleBlindMs, throttleLookMs } from '../../src/limits/mysql-table.js';
import { throttleNames, throttleSources } from '../../src/throttle/limits.js';
import { throttleExamples } from '../support/throttle-examples.js';
import { blocks, listed, read } from './pages.js';

const name = 'docs/throttling.md';
const page = read(name);

it('lists every limit in the words of its source, and shows its example', () => {
  expect(listed(page).toSorted()).toEqual([...throttleNames].toSorted());
  const text = page.replace(/\n {2}/g, ' ');
  for (const limit of throttleNames) expect(text).toContain(`- \`${limit}\`: ${throttleSources[limit].description}\n`);
  const [json = ''] = blocks(name, 'json');
  const shown = JSON.parse(json) as unknown;
  expect(shown).toEqual(throttleExamples);
  for (const schema of [onlineDdlOptionsSchema, moveTablesOptionsSchema]) {
    expect(schema.parse({ throttle: shown })).toEqual({ throttle: shown });
  }
});

it('tells the times that there are', () => {
  expect(page).toContain(`at most every ${throttleLookMs} ms`);
  expect(page).toContain(`counts for ${throttleBlindMs / 1_000} s`);
  expect(page).toContain(`may take ${throttleAnswerMs / 1_000} s`);
});
