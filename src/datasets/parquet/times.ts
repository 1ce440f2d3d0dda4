const DAY_MS = 86_400_000;
/** The range of a JavaScript date, in milliseconds before and after 1970. */
const MOST_MS = 8_640_000_000_000_000n;

/** Units of a time by the digits of a second's fraction. */
export type FractionDigits = 3 | 6 | 9;

/** `2024-01-31`; the number of days as text if no calendar reaches it. */
export function dateText(days: number): string {
  const date = new Date(days * DAY_MS);
  return Number.isNaN(date.getTime()) ? String(days) : datePart(date.toISOString());
}

/** `2024-01-31T12:00:00.25`, with `Z` if it is UTC; the number as text if no calendar reaches it. */
export function timestampText(units: bigint, digits: FractionDigits, isUtc: boolean): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = floorDivide(units, perSecond);
  if (seconds * 1000n > MOST_MS || seconds * 1000n < -MOST_MS) return String(units);
  const iso = new Date(Number(seconds) * 1000).toISOString();
  return `${datePart(iso)}T${timePart(iso)}${fraction(units - seconds * perSecond, digits)}${isUtc ? 'Z' : ''}`;
}

/** `12:00:00.25` of the time since midnight. */
export function timeText(units: bigint, digits: FractionDigits): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = floorDivide(units, perSecond);
  const clock = `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}`;
  return `${clock}${fraction(units - seconds * perSecond, digits)}`;
}

/** An ISO 8601 duration such as `P1M2DT3.5S`. */
export function intervalText(months: number, days: number, millis: number): string {
  const seconds = `${Math.floor(millis / 1000)}${fraction(BigInt(millis % 1000), 3)}`;
  const date = `${months === 0 ? '' : `${months}M`}${days === 0 ? '' : `${days}D`}`;
  const time = millis === 0 ? '' : `T${seconds}S`;
  return date === '' && time === '' ? 'PT0S' : `P${date}${time}`;
}

/** Years beyond four digits have a sign. */
function datePart(iso: string): string {
  return iso.slice(0, iso.indexOf('T'));
}

function timePart(iso: string): string {
  return iso.slice(iso.indexOf('T') + 1, iso.indexOf('.'));
}

function pad(part: bigint): string {
  return String(part).padStart(2, '0');
}

function fraction(units: bigint, digits: FractionDigits): string {
  if (units === 0n) return '';
  return `.${String(units).padStart(digits, '0').replace(/0+$/, '')}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}
