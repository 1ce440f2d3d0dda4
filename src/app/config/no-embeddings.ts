import { UsageError } from '../../core/errors.ts';

/** The error for texts that are to be compared by their meaning, without a model for that. */
export function noEmbeddingModel(
  hint = 'give --embedding-model, such as --embedding-model text-embedding-3-small; its calls are paid as well',
): UsageError {
  return new UsageError('embeddings are to be compared, and no model for them is named', { hint });
}
