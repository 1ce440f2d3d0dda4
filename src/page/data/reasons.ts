import { pointsOf } from '../../core/compare/words.ts';
import type { Comparison } from '../../core/comparison.ts';
import type { Gate } from '../../core/gate.ts';
import { parseDecimal } from '../../core/money.ts';
import { amountApart } from '../../core/money-text.ts';
import { type Figures, shownNumber } from '../../core/reason-figures.ts';
import { type Speech, spokenNames } from './names.ts';

/** Why a gate passed or failed; in English if the run was made by a version that stored nothing but that. */
export function gateWhy(speech: Speech, { reason, why }: Pick<Gate, 'reason' | 'why'>): string {
  return reason === null ? spokenNames(speech, why) : speech.words.gateReason(figuresOf(speech), reason);
}

/** Why a comparison is not valid; empty if it is. */
export function unsoundWhys(speech: Speech, { unsoundReasons }: Pick<Comparison, 'unsoundReasons'>): readonly string[] {
  return unsoundReasons.map((reason) => speech.words.unsoundReason(figuresOf(speech), reason));
}

/** More decimals than any limit has. */
const ALL_DECIMALS = 9;

/** Figures of reasons as the page writes all others. */
function figuresOf(speech: Speech): Figures {
  const { format } = speech;
  const plain = (value: number): string => format.plain(value);
  return {
    count: plain,
    bare: plain,
    share: (share, decimals) => format.share(share, decimals),
    limit: (share) => format.share(share, ALL_DECIMALS),
    points: (share) => plain(Number(pointsOf(share))),
    pValue: (pValue) => format.pValue(pValue),
    change: (ratio, decimals) => format.change(ratio, decimals),
    number: (value) => plain(shownNumber(value)),
    money: (cost) => format.money(cost),
    moneyBeside: (cost, limit) => {
      const amount = parseDecimal(limit);
      const total = amount === null ? null : amountApart(cost.total, amount);
      return total === null ? format.money(cost) : format.wholeMoney({ ...cost, total });
    },
    duration: (durationMs) => format.duration(durationMs),
    name: (label) => spokenNames(speech, label),
  };
}
