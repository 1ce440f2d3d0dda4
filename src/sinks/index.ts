import { csvSink } from './csv.ts';
import { jsonlSink } from './jsonl.ts';
import type { SinkDefinition } from './sink.ts';

export { withoutGuard } from './formula.ts';
export type { Sink, SinkDefinition, SinkOptions } from './sink.ts';

/** Every kind of result file. */
export const sinks: readonly SinkDefinition[] = [csvSink, jsonlSink];
