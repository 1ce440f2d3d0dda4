import { ByteStore } from '../../io/byte-store.ts';
import type { ZipArchive } from '../../io/zip-archive.ts';
import { WorkbookError } from './errors.ts';
import { unescapeText } from './escapes.ts';
import { readPart } from './workbook.ts';
import { readXml } from './xml.ts';

/** Beyond this, texts are in a temporary file. */
const MEMORY_BYTES = 32 * 1024 * 1024;

/** The texts of a workbook that cells refer to by number. */
export class SharedStrings {
  readonly #store = new ByteStore(MEMORY_BYTES);
  /** Where each text ends in the store. */
  #ends = new Float64Array(1024);
  #count = 0;

  /** @param part null if the workbook has none. @throws WorkbookError if it cannot be read */
  static async read(archive: ZipArchive, part: string | null): Promise<SharedStrings> {
    const strings = new SharedStrings();
    if (part === null || archive.find(part) === undefined) return strings;
    let text = '';
    let isText = false;
    let phonetic = 0;
    try {
      await readXml(part, readPart(archive, part), {
        open: (name) => {
          if (name === 'si') text = '';
          else if (name === 'rPh') phonetic++;
          else if (name === 't') isText = phonetic === 0;
        },
        close: (name) => {
          if (name === 'si') strings.#add(unescapeText(text));
          else if (name === 'rPh') phonetic--;
          else if (name === 't') isText = false;
        },
        text: (piece) => {
          if (isText) text += piece;
        },
      });
    } catch (error) {
      strings.close();
      throw error;
    }
    return strings;
  }

  /** @throws WorkbookError if the workbook does not have it */
  get(index: number): string {
    const end = index < this.#count ? this.#ends[index] : undefined;
    if (end === undefined) throw new WorkbookError(`the shared text ${index} is missing`);
    return this.#store.text(index === 0 ? 0 : (this.#ends[index - 1] ?? 0), end);
  }

  /** Gives back what the texts take. */
  close(): void {
    this.#store.close();
  }

  #add(text: string): void {
    // Unpaired surrogates, which XML cannot hold, are all that UTF-8 would lose.
    this.#store.append(Buffer.from(text, 'utf8'));
    if (this.#count === this.#ends.length) {
      const larger = new Float64Array(this.#ends.length * 2);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[this.#count++] = this.#store.size;
  }
}
