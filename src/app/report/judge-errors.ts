import { readCallErrorKind } from '../../core/call-error.ts';
import type { ErrorCount, VariantErrors } from '../../core/error-tally.ts';
import { isJsonArray, isJsonObject, type JsonValue, listOf, objectOf } from '../../core/json.ts';
import { readSummaryFile } from '../../store/summary-file.ts';

/**
 * Why judge requests failed, from a summary.json: result files have no lines for judge requests.
 * @returns null if there were no judge requests, or a promptgrid version wrote the run that did not count errors
 */
export async function readJudgeErrors(path: string): Promise<readonly ErrorCount[] | null> {
  const { judge } = await readSummaryFile(path);
  const { errors } = objectOf(judge);
  return isJsonArray(errors) ? errors.flatMap(readError) : null;
}

function readError(value: JsonValue): readonly ErrorCount[] {
  if (!isJsonObject(value)) return [];
  const { reason, count, trialId, variants } = value;
  if (typeof reason !== 'string' || typeof count !== 'number' || typeof trialId !== 'string') return [];
  return [
    { code: readCallErrorKind(value['code']), reason, count, trialId, variants: listOf(variants).flatMap(readVariant) },
  ];
}

function readVariant(value: JsonValue): readonly VariantErrors[] {
  if (!isJsonObject(value)) return [];
  const { variant, count } = value;
  return typeof variant === 'number' && typeof count === 'number' ? [{ variant, count }] : [];
}
