/** What trials use, apart from their scores. */
export const MEASURES = ['cost', 'tokens', 'latency'] as const;

/** One of them. */
export type Measure = (typeof MEASURES)[number];
