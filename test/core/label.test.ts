import { describe, expect, it } from 'vitest';
import { readLabel } from '../../src/core/label.ts';

describe('a human verdict', () => {
  it.each([true, 'true', 'PASS', ' yes ', 'да', 'Верно', '+', 1, '1', 0.5, '0,5', '.5'])('%j is good', (value) => {
    expect(readLabel(value)).toBe(true);
  });

  it.each([false, 'false', 'fail', 'No', 'нет', 'неверно', '-', 0, '0', 0.49, '0,4'])('%j is bad', (value) => {
    expect(readLabel(value)).toBe(false);
  });

  it.each([null, undefined, '', '  '])('%j is no verdict', (value) => {
    expect(readLabel(value)).toBe(null);
  });

  it.each(['maybe', '5', 1.5, -0.1, '1e3', [], {}])('%j cannot be read', (value) => {
    expect(readLabel(value)).toBe(undefined);
  });
});
