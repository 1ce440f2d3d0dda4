import { formatDecimal } from '../core/money.ts';
import { formatMoney } from '../core/money-text.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Price } from '../core/price.ts';
import type { Balance, ModelInfo } from '../core/provider.ts';
import type { ReportColumn } from './analysis-report.ts';
import { formatCount } from './format.ts';
import { renderTable } from './table.ts';

const THOUSAND = 1000n;

/** In narrow terminals, the title is dropped first; an id and its prices stay. */
const MODEL_COLUMNS: readonly ReportColumn[] = [
  { title: 'model', align: 'left', least: 40 },
  { title: 'title', align: 'left', least: 16, keep: 1 },
  { title: 'capacity', align: 'right', keep: 2 },
  { title: 'prompt / 1,000', align: 'right' },
  { title: 'completion / 1,000', align: 'right' },
];

/**
 * The provider's models as a table, prices per 1,000 tokens. @param width columns of the terminal, default unlimited
 */
export function renderModels(models: readonly ModelInfo[], width: number = Infinity): string {
  const rows = models.map(({ id, title, maxCapacity, price }) => [
    oneLine(id),
    oneLine(title ?? ''),
    maxCapacity === null ? '–' : formatCount(maxCapacity),
    perThousand(price, 'promptToken'),
    perThousand(price, 'completionToken'),
  ]);
  return renderTable({ columns: MODEL_COLUMNS, rows }, { width, most: Infinity });
}

function perThousand(price: Price | null, kind: 'promptToken' | 'completionToken'): string {
  return price === null ? '–' : oneLine(`${formatDecimal(price[kind] * THOUSAND)} ${price.currency}`);
}

/** Models in the form of `promptgrid models --json`; prices are decimal texts per 1,000 tokens. */
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

/** The balance in the form of `promptgrid balance --json`; amounts are decimal texts. */
export function balanceDocument({ balance, creditLimit, currency, orgId }: Balance): object {
  const limit = creditLimit === null ? null : formatDecimal(creditLimit);
  return { orgId, balance: formatDecimal(balance), creditLimit: limit, currency };
}
