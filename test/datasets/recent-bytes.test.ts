import { describe, expect, it } from 'vitest';
import { RecentBytes } from '../../src/datasets/recent-bytes.ts';

describe('RecentBytes', () => {
  it('returns text across blocks by its position in the whole input', () => {
    const recent = new RecentBytes();
    for (const piece of ['ab', 'с', 'de']) recent.push(Buffer.from(piece));
    expect(recent.text(1, 5)).toBe('bсd');
    expect(recent.text(4, Number.POSITIVE_INFINITY)).toBe('de');
  });

  it('drops blocks that are no longer needed, and keeps the positions of the others', () => {
    const recent = new RecentBytes();
    for (const piece of ['abc', 'def', 'ghi']) recent.push(Buffer.from(piece));
    recent.dropBefore(4);
    expect(recent.text(0, 3)).toBe('');
    expect(recent.text(4, 7)).toBe('efg');
    recent.dropBefore(9);
    recent.push(Buffer.from('jkl'));
    expect(recent.text(0, 12)).toBe('jkl');
  });
});
