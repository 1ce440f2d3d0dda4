import Table from 'cli-table3';
import { formatDecimal } from '../core/money.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Price } from '../core/price.ts';
import type { Balance, ModelInfo } from '../core/provider.ts';
import { formatCount, formatMoney } from './format.ts';
import { PLAIN_BORDERS } from './table-style.ts';

const THOUSAND = 1000n;

/** The provider's models as a table, prices per 1,000 tokens. */
export function renderModels(models: readonly ModelInfo[]): string {
  const table = new Table({
    head: ['model', 'title', 'capacity', 'prompt / 1,000', 'completion / 1,000'],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
    chars: PLAIN_BORDERS,
  });
  for (const { id, title, maxCapacity, price } of models) {
    const capacity = maxCapacity === null ? '–' : formatCount(maxCapacity);
    table.push([
      oneLine(id),
      oneLine(title ?? ''),
      capacity,
      perThousand(price, 'promptToken'),
      perThousand(price, 'completionToken'),
    ]);
  }
  return table.toString();
}

function perThousand(price: Price | null, kind: 'promptToken' | 'completionToken'): string {
  return price === null ? '–' : oneLine(`${formatDecimal(price[kind] * THOUSAND)} ${price.currency}`);
}

/** Models as `promptgrid models --json` prints them; prices are decimal texts per 1,000 tokens. */
export function modelsDocument(models: readonly ModelInfo[]): readonly object[] {
  return models.map(({ id, title, maxCapacity, price }) => ({
    ...{ id, title, maxCapacity },
    price: price === null ? null : priceDocument(price),
  }));
}

function priceDocument({ promptToken, completionToken, currency, source, date }: Price): object {
  const [input, output] = [promptToken, completionToken].map((token) => formatDecimal(token * THOUSAND));
  return { input, output, per: '1000 tokens', currency, source, date };
}

/** `12.35 ₽ left, credit limit 100.00 ₽` */
export function renderBalance({ balance, creditLimit, currency, orgId }: Balance): string {
  const left = `${formatMoney({ total: formatDecimal(balance), currency })} left`;
  const limit =
    creditLimit === null ? '' : `, credit limit ${formatMoney({ total: formatDecimal(creditLimit), currency })}`;
  return `${left}${limit}${orgId === null ? '' : oneLine(` (${orgId})`)}`;
}

/** The balance as `promptgrid balance --json` prints it; amounts are decimal texts. */
export function balanceDocument({ balance, creditLimit, currency, orgId }: Balance): object {
  const limit = creditLimit === null ? null : formatDecimal(creditLimit);
  return { orgId, balance: formatDecimal(balance), creditLimit: limit, currency };
}
