import { describe, expect, it } from 'vitest';
import { fileNameLike, fileNamePattern } from '../../src/schema/file-name.js';

describe('the names of files', () => {
  it.each([
    ['orders_2', 'orders_2'],
    ['a?b`☃ ', 'a@003fb@0060@2603@0020'],
    ['Ünïcödé', '@1On@0vc@1jd@0p'],
  ])('%s is found by its spelling, and by LIKE', (name, spelled) => {
    expect(spelled).toMatch(new RegExp(`^${fileNamePattern(name)}$`));
    const like = fileNameLike(name).replaceAll('\\_', '_').replaceAll('%', '.*');
    expect(spelled).toMatch(new RegExp(`^${like}$`));
  });

  it('are not those of others', () => {
    expect('orders').not.toMatch(new RegExp(`^${fileNamePattern('order_')}$`));
    expect('a@003fb').not.toMatch(new RegExp(`^${fileNamePattern('a.b')}$`));
  });
});
