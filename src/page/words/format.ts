import { decimalsOf } from '../../core/compare/words.ts';
import { currencyText } from '../../core/money-text.ts';
import { shownNumber, shownPercent } from '../../core/reason-figures.ts';
import { fixedText, withoutNoise } from '../../core/rounding.ts';
import type { CostTotal } from '../../core/totals.ts';

/** A language of the page. */
export type Language = 'en' | 'ru';

const UNITS = {
  en: { ms: 'ms', s: 's', min: 'min', h: 'h' },
  ru: { ms: 'мс', s: 'с', min: 'мин', h: 'ч' },
} as const;

/** Numbers, money and times as readers of a language write them. */
export class Format {
  readonly language: Language;
  readonly #locale: string;
  readonly #cache = new Map<string, Intl.NumberFormat>();

  constructor(language: Language) {
    this.language = language;
    this.#locale = language === 'ru' ? 'ru-RU' : 'en-US';
  }

  #number(value: number, options: Intl.NumberFormatOptions): string {
    const key = JSON.stringify(options);
    let format = this.#cache.get(key);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.#locale, options);
      this.#cache.set(key, format);
    }
    return format.format(value).replaceAll('-', '−').replaceAll('\u00A0', '\u202F');
  }

  /** `1,319`, `1 319`. */
  count(value: number): string {
    return this.#number(value, { maximumFractionDigits: 0 });
  }

  /** With at most two significant digits: `3,700`. */
  rough(value: number): string {
    return this.#number(value, { maximumSignificantDigits: 2 });
  }

  /** The number that `rough` prints. */
  roughly(value: number): number {
    return Number(value.toPrecision(2));
  }

  /** How many times larger: `17`, `4.2`. */
  factor(value: number): string {
    return isWholeFactor(value) ? this.count(value) : this.decimal(value);
  }

  /** With a number of decimals, or more if it would look like 0 and is not: `8.3`, `0.03`. */
  decimal(value: number, least = 1): string {
    const digits = decimalsOf(value, least);
    const text = this.#number(withoutNoise(value), { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return Number(fixedText(value, digits)) === 0 ? text.replace('−', '') : text;
  }

  /** The same with `+` before a gain. */
  signed(value: number, least = 1): string {
    const text = this.decimal(value, least);
    return Number(fixedText(value, decimalsOf(value, least))) > 0 ? `+${text}` : text;
  }

  /** A share from 0 to 1: `95.8%`, `95,8 %`. */
  percent(share: number, digits = 1): string {
    return `${this.decimal(share * 100, digits)}${this.#percentSign}`;
  }

  /** A share from 0 to 1 with at most so many decimals: `95.8%`, `75 %`. */
  share(share: number, most: number): string {
    return `${this.#number(shownPercent(share, most), { maximumFractionDigits: most })}${this.#percentSign}`;
  }

  /** A ratio as a change: `+12.3%`, `−4,0 %`. */
  change(ratio: number, least = 1): string {
    return this.signedPercent(100 * (ratio - 1), least);
  }

  /** A percentage with `+` before a gain: `+10%`. */
  signedPercent(percent: number, least = 1): string {
    return `${this.signed(percent, least)}${this.#percentSign}`;
  }

  get #percentSign(): string {
    return this.language === 'ru' ? '\u202F%' : '%';
  }

  /** A plain number such as a temperature: `0.7`, `0,7`. */
  plain(value: number): string {
    return this.#number(value, { maximumFractionDigits: 6 });
  }

  /** `12.35 ₽`; below one unit to four significant digits. */
  money({ total, currency }: CostTotal): string {
    const amount = Number(total);
    const digits = amount !== 0 && Math.abs(amount) < 1 ? { maximumSignificantDigits: 4 } : CENTS;
    return `${this.#number(amount, digits)}\u202F${currencyText(currency)}`;
  }

  /** An amount with all of its decimals: `5.0002 ₽`. */
  wholeMoney({ total, currency }: CostTotal): string {
    return `${this.#number(Number(total), { maximumFractionDigits: 12 })}\u202F${currencyText(currency)}`;
  }

  /** Amounts of each currency side by side; empty for none. */
  costs(costs: readonly CostTotal[]): string {
    return costs.map((cost) => this.money(cost)).join(' + ');
  }

  /** To two significant digits: `290 ₽`. */
  roughMoney({ total, currency }: CostTotal): string {
    return `${this.#number(Number(total), { maximumSignificantDigits: 2 })}\u202F${currencyText(currency)}`;
  }

  /** `0.033 ms`, `340 ms`, `1.2 s`, `2 min 5 s`. */
  duration(durationMs: number): string {
    const unit = UNITS[this.language];
    if (durationMs > 0 && durationMs < 1) return `${this.plain(shownNumber(durationMs))}\u202F${unit.ms}`;
    if (Math.round(durationMs) < 1000) return `${this.count(durationMs)}\u202F${unit.ms}`;
    if (durationMs < 59_950) return `${this.decimal(durationMs / 1000)}\u202F${unit.s}`;
    const seconds = Math.round(durationMs / 1000);
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    if (hours === 0) return `${minutes}\u202F${unit.min} ${seconds % 60}\u202F${unit.s}`;
    return `${hours}\u202F${unit.h} ${minutes}\u202F${unit.min}`;
  }

  /** Minutes and seconds of a run's time: `1:30`. */
  clock(durationMs: number): string {
    const seconds = Math.round(durationMs / 1000);
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    return hours > 0
      ? `${hours}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`
      : `${minutes}:${twoDigits(seconds % 60)}`;
  }

  /** `p = 0.008`. */
  pValue(value: number): string {
    return `p\u00A0${value < 0.001 ? '' : '=\u00A0'}${this.chance(value)}`;
  }

  /** A p-value without its name, for a column of them: `0.008`, `< 0.001`. */
  chance(value: number): string {
    return value < 0.001 ? `<\u00A0${this.decimal(0.001, 3)}` : this.decimal(value, 3);
  }

  /** A date and time in UTC. */
  date(iso: string): string {
    const date = new Date(iso);
    if (Number.isNaN(date.getTime())) return iso;
    const options: Intl.DateTimeFormatOptions = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' };
    return `${new Intl.DateTimeFormat(this.language === 'ru' ? 'ru-RU' : 'en-GB', options).format(date)} UTC`;
  }
}

/** True for a factor that is printed without decimals. */
export function isWholeFactor(value: number): boolean {
  return value >= 10;
}

const CENTS: Intl.NumberFormatOptions = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
