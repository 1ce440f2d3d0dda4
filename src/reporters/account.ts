import { formatDecimal } from '../core/money.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Price } from '../core/price.ts';
import type { Balance, ModelInfo } from '../core/provider.ts';
import { formatCount, formatMoney } from './format.ts';
import { renderTable } from './table.ts';

const THOUSAND = 1000n;

const MODEL_COLUMNS = [
  ...['model', 'title'].map((title) => ({ title, align: 'left' }) as const),
  ...['capacity', 'prompt / 1,000', 'completion / 1,000'].map((title) => ({ title, align: 'right' }) as const),
];

/** The provider's models as a table, prices per 1,000 tokens. */
export function renderModels(models: readonly ModelInfo[]): string {
  const rows = models.map(({ id, title, maxCapacity, price }) => [
    oneLine(id),
    oneLine(title ?? ''),
    maxCapacity === null ? '–' : formatCount(maxCapacity),
    perThousand(price, 'promptToken'),
    perThousand(price, 'completionToken'),
  ]);
  return renderTable({ columns: MODEL_COLUMNS, rows });
}

function perThousand(price: Price | null, kind: 'promptToken' | 'completionToken'): string {
  return price === null ? '–' : oneLine(`${formatDecimal(price[kind] * THOUSAND)} ${price.currency}`);
}

/** Models as `promptgrid models --json` prints them; prices are decimal texts per 1,000 tokens. */
export function modelsDocument(models: readonly ModelInfo[]): readonly object[] {
  return models.map(({ id, title, maxCapacity, price }) => ({
    id,
    title,
    maxCapacity,
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
