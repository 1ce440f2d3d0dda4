import { describe, expect, it } from 'vitest';
import type { Balance, ModelInfo } from '../../src/core/provider.ts';
import { balanceDocument, modelsDocument, renderBalance, renderModels } from '../../src/reporters/account.ts';

const MODELS: readonly ModelInfo[] = [
  {
    id: 'gpt-4o',
    title: 'GPT-4o',
    maxCapacity: 128_000,
    price: {
      promptToken: 750_000_000n,
      completionToken: 3_000_000_000n,
      currency: 'RUB',
      source: 'gptunnel /v1/models',
      date: '2026-01-02T00:00:00.000Z',
    },
  },
  { id: 'own', title: null, maxCapacity: null, price: null },
];

const BALANCE: Balance = {
  orgId: 'org-1',
  balance: 12_345_000_000_001n,
  creditLimit: 100_000_000_000_000n,
  currency: 'RUB',
};

describe('the list of models', () => {
  it('is a table with prices per 1,000 tokens, and a dash for unknown values', () => {
    const lines = renderModels(MODELS).split('\n');
    expect(lines.map((line) => line.trimEnd().replace(/─{2,}/, '─'))).toEqual([
      ' model   title   capacity  prompt / 1,000  completion / 1,000',
      '─',
      ' gpt-4o  GPT-4o   128,000        0.75 RUB               3 RUB',
      ' own                    –               –                   –',
    ]);
  });

  it('is a document with exact prices as text, null for unknown values', () => {
    expect(modelsDocument(MODELS)).toEqual([
      {
        id: 'gpt-4o',
        title: 'GPT-4o',
        maxCapacity: 128_000,
        price: {
          input: '0.75',
          output: '3',
          per: '1000 tokens',
          currency: 'RUB',
          source: 'gptunnel /v1/models',
          date: '2026-01-02T00:00:00.000Z',
        },
      },
      { id: 'own', title: null, maxCapacity: null, price: null },
    ]);
  });
});

describe('the balance', () => {
  it('is a line for people, with the known figures', () => {
    expect(renderBalance(BALANCE)).toBe('12.35 ₽ left, credit limit 100.00 ₽ (org-1)');
    expect(renderBalance({ ...BALANCE, balance: -500_000_000_000n, creditLimit: null, orgId: null })).toBe(
      '-0.5 ₽ left',
    );
  });

  it('is a document with exact amounts as text', () => {
    expect(balanceDocument(BALANCE)).toEqual({
      orgId: 'org-1',
      balance: '12.345000000001',
      creditLimit: '100',
      currency: 'RUB',
    });
    expect(balanceDocument({ ...BALANCE, creditLimit: null })).toMatchObject({ creditLimit: null });
  });
});
