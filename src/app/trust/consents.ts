import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../core/digest.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { makeFolder } from '../../io/make-folder.ts';
import type { Destination } from '../config/run-config.ts';

/**
 * The user's consents: that the value of a variable goes to an address. One file each in the user's own folder, out of
 * reach of any project; none holds a value.
 */
export class Consents {
  readonly #folder: string;

  /** @param stateFolder of the user */
  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'trusted');
  }

  /** True if every variable may go there. */
  async allow({ address, variables }: Destination): Promise<boolean> {
    const found = await Promise.all(variables.map((variable) => this.#has(address, variable)));
    return found.every((has) => has);
  }

  /** Stores that they may. @throws the file system's error */
  async keep({ address, shown, variables }: Destination, date: Date): Promise<void> {
    makeFolder(this.#folder, 0o700);
    for (const variable of variables) {
      const path = this.#path(address, variable);
      await writeFileAtomic(
        path,
        `${JSON.stringify({ address: shown, variable, date: date.toISOString() }, null, 2)}\n`,
      );
      await chmod(path, 0o600);
    }
  }

  async #has(address: string, variable: string): Promise<boolean> {
    const text = await readFile(this.#path(address, variable), 'utf8').catch(() => '');
    const kept = parseJson(text);
    return isJsonObject(kept) && kept['variable'] === variable;
  }

  /** The address may contain the value of a variable, so it is not used as a file name directly. */
  #path(address: string, variable: string): string {
    return join(this.#folder, `${sha256(JSON.stringify([address, variable]))}.json`);
  }
}
