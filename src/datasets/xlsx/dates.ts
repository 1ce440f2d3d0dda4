const DAY_MS = 86_400_000;
/** Day 0 of both ways to count, in days before 1970. The first takes 1900 for a leap year. */
const START_1900 = -25_569;
const START_1904 = -24_107;
/** 31 December 9999. */
const LAST_DAY = 2_958_465;

interface Shown {
  readonly hasDate: boolean;
  readonly hasTime: boolean;
  /** Hours go on beyond a day. */
  readonly isElapsed: boolean;
}

/** A number of days as ISO 8601: `2024-01-31`, `2024-01-31T12:00:00` or `12:00:00`; null if no calendar has it. */
export function dateText(serial: number, { hasDate, hasTime, isElapsed }: Shown, is1904: boolean): string | null {
  if (!Number.isFinite(serial) || serial < 0 || serial >= LAST_DAY + 1) return null;
  // Times are stored as fractions of a day, which are not exact.
  const ms = Math.round(serial * DAY_MS);
  const days = hasTime ? Math.floor(ms / DAY_MS) : Math.floor(serial);
  const clock = clockText(isElapsed && !hasDate ? ms : ms % DAY_MS);
  if (!hasDate) return clock;
  const date = dayText(days, is1904);
  return hasTime ? `${date}T${clock}` : date;
}

function dayText(days: number, is1904: boolean): string {
  if (is1904) return isoDay(days + START_1904);
  // A day that was not: spreadsheets count it, and what comes before it is one day off.
  if (days === 60) return '1900-02-29';
  return isoDay(days + START_1900 + (days < 60 ? 1 : 0));
}

function isoDay(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const rest = ms % 1000;
  const clock = `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
  return rest === 0 ? clock : `${clock}.${part(rest, 3).replace(/0+$/, '')}`;
}

function part(value: number, digits = 2): string {
  return String(value).padStart(digits, '0');
}
