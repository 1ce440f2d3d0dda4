/** `340 ms`, `1.2 s`, `2 min 5 s`; `–` for null. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return '–';
  const wholeMs = Math.round(durationMs);
  if (wholeMs < 1000) return `${wholeMs} ms`;
  const tenths = Math.round(durationMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(durationMs / 1000);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
