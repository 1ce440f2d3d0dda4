const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A duration as text, to the second below an hour and to the minute above: `30 s`, `6 min 30 s`, `10 h 17 min`. */
export function describeSpan(durationMs: number): string {
  if (durationMs < HOUR_MS) {
    const seconds = Math.ceil(durationMs / SECOND_MS);
    return seconds < 60 ? `${seconds} s` : parts([Math.floor(seconds / 60), 'min'], [seconds % 60, 's']);
  }
  const minutes = Math.ceil(durationMs / MINUTE_MS);
  return parts([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

function parts(...list: readonly (readonly [number, string])[]): string {
  return list
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** A moment in local time and in UTC: `2026-11-28 21:32:05 (…T18:32:05Z)`. */
export function describeMoment(date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  return `${day} ${time} (${date.toISOString().replace(/\.\d+/, '')})`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
