import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../core/digest.ts';
import { type JsonObject, objectOf, parseJson } from '../../core/json.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { makeFolder } from '../../io/make-folder.ts';
import type { Destination, ProgramConfig } from '../config/run-config.ts';

/**
 * The user's consents: that the value of a variable goes to an address, or that a program runs in a folder. One file each in the user's own folder, out of
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
    for (const variable of variables) await this.#write([address, variable], { address: shown, variable }, date);
  }

  /** True if the program may run, with any content. */
  async allowProgram({ provider, folder }: ProgramConfig): Promise<boolean> {
    return (await this.#read([provider, folder]))['program'] === provider;
  }

  /** Stores that it may. @throws the file system's error */
  async keepProgram({ provider, folder }: ProgramConfig, date: Date): Promise<void> {
    await this.#write([provider, folder], { program: provider, folder }, date);
  }

  async #has(address: string, variable: string): Promise<boolean> {
    return (await this.#read([address, variable]))['variable'] === variable;
  }

  async #read(subject: readonly string[]): Promise<JsonObject> {
    return objectOf(parseJson(await readFile(this.#path(subject), 'utf8').catch(() => '')));
  }

  async #write(subject: readonly string[], consent: JsonObject, date: Date): Promise<void> {
    makeFolder(this.#folder, 0o700);
    const path = this.#path(subject);
    await writeFileAtomic(path, `${JSON.stringify({ ...consent, date: date.toISOString() }, null, 2)}\n`);
    await chmod(path, 0o600);
  }

  /** An address may contain the value of a variable, so it is not used as a file name directly. */
  #path(subject: readonly string[]): string {
    return join(this.#folder, `${sha256(JSON.stringify(subject))}.json`);
  }
}
