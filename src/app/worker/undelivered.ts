import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { shortDigest } from '../../core/digest.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { openPrivateFolder, PRIVATE_FILE_MODE } from '../../io/private-folder.ts';
import type { OwedAnswer } from '../../queue/answer-outbox.ts';

/** Answers that were paid for and that Redis could not be given, in a file for the next worker of the same queue. */
export class UndeliveredAnswers {
  readonly #folder: string;
  /** Of the files of this queue. */
  readonly #start: string;

  /** @param shown the queue's address without its password */
  constructor(stateFolder: string, shown: string) {
    this.#folder = join(stateFolder, 'queue');
    this.#start = `undelivered-${shortDigest(shown)}-`;
  }

  /** @returns the file @throws the file system's error */
  async keep(answers: readonly OwedAnswer[], id: string): Promise<string> {
    openPrivateFolder(this.#folder, (name) => name.startsWith('undelivered-'));
    const path = join(this.#folder, `${this.#start}${id}.jsonl`);
    await writeFileAtomic(path, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''), PRIVATE_FILE_MODE);
    return path;
  }

  /** Files of earlier workers with what is in them. */
  async read(): Promise<readonly KeptAnswers[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ours = names.filter((name) => name.startsWith(this.#start) && name.endsWith('.jsonl'));
    return Promise.all(
      ours.map(async (name) => {
        const path = join(this.#folder, name);
        const text = await readFile(path, 'utf8').catch(() => '');
        return { path, answers: text.split('\n').flatMap(readAnswerLine) };
      }),
    );
  }

  /** Removes one whose answers are delivered. */
  async remove({ path }: KeptAnswers): Promise<void> {
    await rm(path, { force: true });
  }
}

/** A file of answers. */
export interface KeptAnswers {
  readonly path: string;
  readonly answers: readonly OwedAnswer[];
}

function readAnswerLine(line: string): readonly OwedAnswer[] {
  const value = parseJson(line);
  if (!isJsonObject(value)) return [];
  const { run, job, trialId, text } = value;
  const isWhole =
    typeof run === 'string' && typeof job === 'string' && typeof trialId === 'string' && typeof text === 'string';
  return isWhole ? [{ run, job, trialId, text }] : [];
}
