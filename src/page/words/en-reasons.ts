import type { Figures } from '../../core/reason-figures.ts';
import { gateText, unsoundText } from '../../core/reason-text.ts';
import type { GateReason, UnsoundReason } from '../../core/reasons.ts';

/** Reasons in English, as everywhere else, with the figures of the page. */
export const reasonWords = {
  gateReason: (f: Figures, reason: GateReason) => gateText(reason, f),
  unsoundReason: (f: Figures, reason: UnsoundReason) => unsoundText(reason, f),
};

/** Reasons in every language. */
export type ReasonWords = typeof reasonWords;
