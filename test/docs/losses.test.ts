/** docs/online-ddl.md says of each loss that there is what it does. */
import { describe, expect, it } from 'vitest';
import { lossEffects } from '../../src/domain/loss.js';
import { read } from './pages.js';

describe('docs/online-ddl.md', () => {
  const section = /## What a statement takes away\n(.*?)\n## /s.exec(read('docs/online-ddl.md'))?.[1] ?? '';
  const [destroyed = '', narrowed = ''] = section.split('Something **is narrowed**');

  it.each(Object.entries(lossEffects))('has %s under what %s', (code, effect) => {
    expect(effect === 'destroys' ? destroyed : narrowed).toContain(`\`${code}\``);
  });
});
