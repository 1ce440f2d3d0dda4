import { csvSink } from './csv.ts';
import type { SinkDefinition } from './format.ts';
import { jsonlSink } from './jsonl.ts';

export type { Sink, SinkDefinition, SinkOptions } from './format.ts';
export { withoutGuard } from './formula.ts';

/** Every kind of result file. */
export const sinks: readonly SinkDefinition[] = [csvSink, jsonlSink];
