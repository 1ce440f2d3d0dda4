import { DatasetError } from '../core/errors.ts';
import type { RandomBytes } from '../io/random-bytes.ts';

/** Bytes searched for the name of the stream that tells the two kinds apart: the directory may stand anywhere. */
const SEARCHED_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le');

/** The error for a compound file: a workbook with a password, or one of Excel 97 to 2003. */
export async function oleError(file: string, bytes: RandomBytes): Promise<DatasetError> {
  if (await isEncrypted(bytes)) {
    return new DatasetError({ file }, 'the workbook is protected with a password', {
      hint: 'open it, remove the password (File, Info, Protect Workbook, Encrypt with Password) and save it again',
    });
  }
  return new DatasetError({ file }, 'the file is in the old format of Excel 97 to 2003 (.xls)', {
    hint: 'open it in Excel or LibreOffice and save it as .xlsx or .csv',
  });
}

async function isEncrypted(bytes: RandomBytes): Promise<boolean> {
  const end = Math.min(bytes.size, SEARCHED_BYTES);
  for (let start = 0; start < end; start += PIECE_BYTES) {
    const piece = await bytes.read(start, start + PIECE_BYTES + ENCRYPTED.length);
    if (Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes(ENCRYPTED)) return true;
  }
  return false;
}
