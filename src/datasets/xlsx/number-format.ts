/** How a number is shown. */
export type NumberFormat =
  /** As it is written, without the digits that a spreadsheet does not show. */
  | { readonly kind: 'general' }
  | DecimalFormat
  /** An elapsed time may have more hours than a day. */
  | { readonly kind: 'date'; readonly hasDate: boolean; readonly hasTime: boolean; readonly isElapsed: boolean };

interface DecimalFormat {
  readonly kind: 'decimal';
  /** Least digits before the point: `00000` shows 7 as 00007. */
  readonly digits: number;
  readonly decimals: number;
  /** Decimals that are left out if they are 0. */
  readonly optional: number;
  readonly isPercent: boolean;
}

const GENERAL: NumberFormat = { kind: 'general' };

/** Formats that a workbook does not spell out (ECMA-376, part 1, 18.8.30). Those of East Asian locales are dates too. */
const BUILT_IN: ReadonlyMap<number, string> = new Map([
  [1, '0'],
  [2, '0.00'],
  [3, '#,##0'],
  [4, '#,##0.00'],
  [5, '#,##0'],
  [6, '#,##0'],
  [7, '#,##0.00'],
  [8, '#,##0.00'],
  [9, '0%'],
  [10, '0.00%'],
  [14, 'yyyy-mm-dd'],
  [15, 'd-mmm-yy'],
  [16, 'd-mmm'],
  [17, 'mmm-yy'],
  [18, 'h:mm AM/PM'],
  [19, 'h:mm:ss AM/PM'],
  [20, 'h:mm'],
  [21, 'h:mm:ss'],
  [22, 'yyyy-mm-dd h:mm'],
  [37, '#,##0'],
  [38, '#,##0'],
  [39, '#,##0.00'],
  [40, '#,##0.00'],
  [41, '#,##0'],
  [42, '#,##0'],
  [43, '#,##0.00'],
  [44, '#,##0.00'],
  [45, 'mm:ss'],
  [46, '[h]:mm:ss'],
  [47, 'mm:ss.0'],
  ...[27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id): [number, string] => [id, 'yyyy-mm-dd']),
  ...[32, 33, 34, 35, 55, 56].map((id): [number, string] => [id, 'h:mm:ss']),
]);

/** The format with that number. @param custom formats that the workbook spells out, by number */
export function numberFormat(id: number, custom: ReadonlyMap<number, string>): NumberFormat {
  const code = custom.get(id) ?? BUILT_IN.get(id);
  return code === undefined ? GENERAL : parseFormat(code);
}

/** A code has at most 255 characters, by the limits of Excel. */
const MOST_DIGITS = 255;

/** What a format's code shows of a number; of its sections for several signs, the first counts. */
export function parseFormat(code: string): NumberFormat {
  const withoutTexts = code.replaceAll(/"[^"]*"|\\.|_.|\*./gs, '');
  // Elapsed hours and the like stand in brackets, as colours, conditions and currencies do.
  const [section = ''] = withoutTexts.replaceAll(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '').split(';');
  if (/general/i.test(section)) return GENERAL;
  if (/[ymdhseb]|AM\/PM/i.test(section.replaceAll(/E[+-]/gi, ''))) return dateFormat(section);
  if (/E[+-]|\/|@/i.test(section) || !/[0#?]/.test(section)) return GENERAL;
  // A comma behind the last digit divides by a thousand.
  if (/[0#?],+(?![0#?,])/.test(section.replace(/\..*/s, '')) || /\.[0#?]*,/.test(section)) return GENERAL;
  const [whole = ''] = section.split('.');
  const [, fraction = ''] = /\.([0#?]*)/.exec(section) ?? [];
  const optional = [...fraction].filter((digit) => digit !== '0').length;
  const digits = [...whole].filter((digit) => digit === '0').length;
  return {
    kind: 'decimal',
    digits: Math.min(digits, MOST_DIGITS),
    decimals: Math.min(fraction.length, MOST_DIGITS),
    optional,
    isPercent: section.includes('%'),
  };
}

function dateFormat(section: string): NumberFormat {
  const hasTime = /[hs]|AM\/PM|\[m+\]/i.test(section);
  // An m means minutes beside hours or seconds.
  const hasDate = /[ydeb]/i.test(section) || /mmm/i.test(section) || (/m/i.test(section) && !hasTime);
  return { kind: 'date', hasDate, hasTime, isElapsed: section.includes('[') };
}

const PLAIN_INTEGER = /^-?\d+$/;
/** Digits that a spreadsheet keeps and shows. */
const SHOWN_DIGITS = 15;

/** A number as it is shown; `text` is how the file writes it. */
export function formatNumber(text: string, format: NumberFormat): number | string {
  const number = Number(text);
  if (!Number.isFinite(number) || text.trim() === '') return text;
  if (format.kind !== 'decimal') return generalNumber(text, number);
  const isPadded = format.digits > 1;
  if (format.decimals === 0 && !format.isPercent && !isPadded && Number.isSafeInteger(number)) return number;
  if (PLAIN_INTEGER.test(text) && !Number.isSafeInteger(number)) return text;
  const shown = roundedDecimal(number, format);
  const short = withoutZeros(shown, format.optional);
  if (format.isPercent) return `${short}%`;
  return format.decimals === 0 && !isPadded && Number.isSafeInteger(Number(short)) ? Number(short) : short;
}

function generalNumber(text: string, number: number): number | string {
  if (PLAIN_INTEGER.test(text)) return Number.isSafeInteger(number) ? number : text;
  const shown = Number(number.toPrecision(SHOWN_DIGITS));
  // Rounding may leave the range of numbers.
  return Number.isFinite(shown) ? shown : number;
}

/** The number, or its percentage, with so many digits, rounded half away from zero as spreadsheets do. */
function roundedDecimal(number: number, { digits: least, decimals, isPercent }: DecimalFormat): string {
  const [mantissa = '', exponent = '0'] = Math.abs(number)
    .toExponential(SHOWN_DIGITS - 1)
    .split('e');
  const digits = BigInt(mantissa.replace('.', ''));
  // The number is digits × 10^-places.
  const places = SHOWN_DIGITS - 1 - Number(exponent) - (isPercent ? 2 : 0);
  const excess = places - decimals;
  const unit = 10n ** BigInt(Math.abs(excess));
  const scaled = excess > 0 ? (digits + unit / 2n) / unit : digits * unit;
  const all = String(scaled).padStart(decimals + Math.max(1, least), '0');
  const whole = all.slice(0, all.length - decimals);
  const sign = number < 0 && scaled !== 0n ? '-' : '';
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${all.slice(-decimals)}`;
}

function withoutZeros(text: string, most: number): string {
  let end = text.length;
  for (let left = most; left > 0 && text[end - 1] === '0'; left--) end--;
  return text[end - 1] === '.' ? text.slice(0, end - 1) : text.slice(0, end);
}
