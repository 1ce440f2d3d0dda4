/** The value of a compressed part of the page: JSON, RFC 1951, base64. */
export async function unpacked(base64: string): Promise<unknown> {
  const bytes = bytesOf(base64);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const value: unknown = await new Response(stream).json();
  return value;
}

/** Characters that are decoded at a time, a multiple of four. */
const PIECE = 1024 * 1024;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((base64.length * 3) / 4));
  let length = 0;
  for (let at = 0; at < base64.length; at += PIECE) {
    const piece = atob(base64.slice(at, at + PIECE));
    for (let index = 0; index < piece.length; index++) bytes[length++] = piece.charCodeAt(index);
  }
  return bytes.subarray(0, length);
}
