import { hash } from 'node:crypto';

/** A PNG of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The beginnings of the formats that are sent, by their media types; the rest of a file is not looked at. */
export const SIGNATURES: Readonly<Record<string, Buffer>> = {
  'image/png': PNG,
  'image/jpeg': Buffer.from('\xff\xd8\xff\xe0\x00\x10JFIF', 'latin1'),
  'image/gif': Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'),
  'image/webp': Buffer.from('RIFF\x1a\x00\x00\x00WEBPVP8L', 'latin1'),
  'application/pdf': Buffer.from('%PDF-1.7\n', 'latin1'),
};

/** A file of this size that begins like a PNG. */
export function largePng(bytes: number): Buffer {
  return Buffer.concat([PNG], bytes);
}

/** The address of an image that is sent. */
export function dataUrl(content: Buffer, mediaType = 'image/png'): string {
  return `data:${mediaType};base64,${content.toString('base64')}`;
}

/** SHA-256 of bytes, hexadecimal. */
export function digestOf(content: Buffer): string {
  return hash('sha256', content, 'hex');
}
