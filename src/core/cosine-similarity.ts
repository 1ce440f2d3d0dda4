/** Why two vectors have no similarity. */
interface VectorFault {
  readonly fault: string;
}

/** The cosine of the angle between two vectors, from -1 to 1, or why there is none. */
export function cosineSimilarity(one: Float32Array, other: Float32Array): number | VectorFault {
  if (one.length !== other.length) {
    return { fault: `embeddings of ${one.length} and ${other.length} dimensions cannot be compared` };
  }
  let [dot, squares, otherSquares] = [0, 0, 0];
  for (const [place, value] of one.entries()) {
    const otherValue = other[place] ?? 0;
    dot += value * otherValue;
    squares += value * value;
    otherSquares += otherValue * otherValue;
  }
  const length = Math.sqrt(squares) * Math.sqrt(otherSquares);
  if (length === 0) return { fault: 'an embedding is all zeros' };
  const cosine = dot / length;
  return Number.isFinite(cosine) ? Math.max(-1, Math.min(1, cosine)) : { fault: 'an embedding is not finite' };
}
