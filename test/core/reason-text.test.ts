import { describe, expect, it } from 'vitest';
import { gateText, measureText, unsoundText } from '../../src/core/reason-text.ts';
import type { GateReason, MeasureReason, UnsoundReason } from '../../src/core/reasons.ts';
import { allReasons, GATE_REASONS, MEASURE_REASONS, UNSOUND_REASONS } from '../support/reasons.ts';

describe('a reason in English', () => {
  it.each(allReasons<GateReason>(GATE_REASONS))('of a gate: %j', (reason, english) => {
    expect(gateText(reason)).toBe(english);
  });

  it.each(allReasons<MeasureReason>(MEASURE_REASONS))('of a measure: %j', (reason, english) => {
    expect(measureText(reason)).toBe(english);
  });

  it.each(allReasons<UnsoundReason>(UNSOUND_REASONS))('of an unsound comparison: %j', (reason, english) => {
    expect(unsoundText(reason)).toBe(english);
  });
});
