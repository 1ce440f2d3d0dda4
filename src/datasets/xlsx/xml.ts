import { SaxesParser } from 'saxes';
import { WorkbookError } from './errors.ts';

/** What is done with the parts of an XML text. Names come without their namespace prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(text: string): void;
}

/** Longest text, tag or comment in UTF-16 code units: a cell holds 32,767 characters. */
const LONGEST_TOKEN_UNITS = 8 * 1024 * 1024;

/**
 * Parses XML as it arrives; after each piece, control returns to the reader.
 * @param part its name in the archive, for errors
 * @throws WorkbookError if it is not well-formed
 */
export async function* parseXml(
  part: string,
  bytes: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
): AsyncGenerator<void, void, undefined> {
  const parser = new SaxesParser({ position: false, xmlns: false });
  let units = 0;
  parser.on('error', (error) => {
    throw new WorkbookError(`${part} is not well-formed XML: ${error.message}`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    units = 0;
    handler.open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    units = 0;
    handler.close(localName(name));
  });
  parser.on('text', (text) => handler.text(text));
  parser.on('cdata', (text) => handler.text(text));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const block of bytes) {
    const text = decode(part, () => decoder.decode(block, { stream: true }));
    units += text.length;
    parser.write(text);
    if (units > LONGEST_TOKEN_UNITS + text.length)
      throw new WorkbookError(`${part} holds a text of more than 8 Mi characters`);
    yield;
  }
  parser.write(decode(part, () => decoder.decode()));
  parser.close();
  yield;
}

/** Parses a small XML part as a whole. @throws WorkbookError if it is not well-formed */
export async function readXml(part: string, bytes: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> {
  for await (const _ of parseXml(part, bytes, handler));
}

function decode(part: string, read: () => string): string {
  try {
    return read();
  } catch {
    throw new WorkbookError(`${part} is not UTF-8`);
  }
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** The value of an attribute, with or without a namespace prefix; undefined if it is absent. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const found = Object.keys(attributes).find((key) => key.endsWith(`:${name}`));
  return found === undefined ? undefined : attributes[found];
}

/** True for `1` and `true`. */
export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
