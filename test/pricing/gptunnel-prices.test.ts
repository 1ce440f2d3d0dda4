import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { pricePerThousand, tokenCost } from '../../src/core/price.ts';
import { GPTUNNEL_PRICES } from '../../src/pricing/gptunnel-prices.ts';

describe('the embedded price list', () => {
  it('names each model once', () => {
    const ids = GPTUNNEL_PRICES.map((model) => model.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(14);
  });

  it('gives prices above zero that are exact for a single token', () => {
    for (const model of GPTUNNEL_PRICES) {
      for (const price of [model.promptPerThousand, model.completionPerThousand]) {
        const ofToken = pricePerThousand(price) ?? 0n;
        expect(ofToken, `${model.id} ${price}`).toBeGreaterThan(0n);
        expect(tokenCost(1000, ofToken), `${model.id} ${price}`).toBe(parseDecimal(price));
      }
    }
  });

  it('bills as in GPTunnel’s example: 111 prompt tokens 0.14985, 10 completion tokens 0.027', () => {
    const model = GPTUNNEL_PRICES.find(({ id }) => id === 'gpt-3.5-turbo');
    expect(formatDecimal(tokenCost(111, pricePerThousand(model?.promptPerThousand ?? '') ?? 0n))).toBe('0.14985');
    expect(formatDecimal(tokenCost(10, pricePerThousand(model?.completionPerThousand ?? '') ?? 0n))).toBe('0.027');
  });
});
