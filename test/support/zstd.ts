const MOST_BLOCK_BYTES = 128 * 1024;

/** A Zstandard frame whose blocks hold the bytes as they are (RFC 8878), for machines without `zstd`. */
export function zstdRaw(content: string): Buffer {
  const bytes = Buffer.from(content);
  // Magic number, no flags, a window of 1 MiB.
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50])];
  let at = 0;
  do {
    const piece = bytes.subarray(at, at + MOST_BLOCK_BYTES);
    at += piece.length;
    const header = (piece.length << 3) | (at >= bytes.length ? 1 : 0);
    parts.push(Buffer.from([header & 0xff, (header >> 8) & 0xff, header >> 16]), piece);
  } while (at < bytes.length);
  return Buffer.concat(parts);
}
