import { type AttachedFile, type AttachedKind, sizeText } from '../core/attached.ts';
import { type InsideFault, inspectFile, pathInside } from '../io/inside-folder.ts';

/** Largest file that goes with a message. */
export const MOST_FILE_BYTES = 20 * 1024 * 1024;

/** Largest sum of the files of one request. */
export const MOST_REQUEST_BYTES = 40 * 1024 * 1024;

/** Why a file cannot go with a message, in words that follow its name. */
export class AttachFault extends Error {
  readonly hint: string;

  constructor(what: string, hint: string) {
    super(what);
    this.hint = hint;
  }
}

/** A scheme; a single letter is a drive. */
const ADDRESS = /^\s*[a-z][a-z\d+.-]+:/i;

/**
 * Looks at a file that goes with a message. It is found by its content, not by its name: PNG, JPEG, GIF, WebP or PDF.
 * @param folder that it must be in, with links followed
 * @param name its path in the folder
 * @throws AttachFault if it is none of these, or not there
 */
export function lookAtFile(folder: string, name: string): AttachedFile {
  if (ADDRESS.test(name)) {
    throw new AttachFault('is an address', 'save the file, and give its path in the folder');
  }
  const place = name.includes('\0') ? 'missing' : pathInside(folder, name);
  if (typeof place === 'string') throw new AttachFault(...OUTSIDE[place]);
  const found = inspected(place.path);
  if (found === null) throw new AttachFault('is not a file', 'give the path of an image or a PDF');
  if (!('head' in found)) {
    const size = `${sizeText(found.bytes)}, and at most ${sizeText(MOST_FILE_BYTES)} are sent`;
    throw new AttachFault(`is too large: ${size}`, 'make it smaller, or leave the cell empty');
  }
  const format = FORMATS.find(({ isIt }) => isIt(found.head));
  if (format !== undefined) {
    const { kind, mediaType } = format;
    return { kind, mediaType, name, path: place.path, bytes: found.bytes, sha256: found.sha256 };
  }
  const what = found.bytes === 0 ? 'is empty' : 'is not an image or a PDF, whatever its name';
  throw new AttachFault(what, 'PNG, JPEG, GIF, WebP and PDF files are sent');
}

function inspected(path: string): ReturnType<typeof inspectFile> {
  try {
    return inspectFile(path, MOST_FILE_BYTES);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new AttachFault(`cannot be read${reason}`, 'check its rights');
  }
}

const INSIDE_HINT = 'put the file into that folder, and give its path relative to it';

const OUTSIDE: Readonly<Record<InsideFault, readonly [what: string, hint: string]>> = {
  absolute: ['is an absolute path', INSIDE_HINT],
  outside: ['leads out of its folder', INSIDE_HINT],
  missing: ['is not there', 'check the path, which is relative to the folder of the file that names it'],
};

interface FileFormat {
  readonly kind: AttachedKind;
  readonly mediaType: string;
  readonly isIt: (head: Uint8Array) => boolean;
}

/** The formats that models of all vendors read. Signatures: PNG 3 §5.2, JPEG SOI, GIF89a §17, WebP RIFF, PDF 1.7 §7.5.2. */
const FORMATS: readonly FileFormat[] = [
  { kind: 'image', mediaType: 'image/png', isIt: (head) => latin1(head).startsWith('\x89PNG\r\n\x1a\n') },
  { kind: 'image', mediaType: 'image/jpeg', isIt: (head) => latin1(head).startsWith('\xff\xd8\xff') },
  { kind: 'image', mediaType: 'image/gif', isIt: (head) => /^GIF8[79]a/.test(latin1(head)) },
  { kind: 'image', mediaType: 'image/webp', isIt: (head) => /^RIFF[^]{4}WEBP/.test(latin1(head)) },
  { kind: 'pdf', mediaType: 'application/pdf', isIt: (head) => latin1(head).startsWith('%PDF-') },
];

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 16)).toString('latin1');
}
