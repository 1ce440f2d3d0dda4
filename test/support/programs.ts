import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpenLink } from '../../src/io/program/link.ts';
import { openProcess } from '../../src/io/program/process-link.ts';
import { Program } from '../../src/io/program/program.ts';
import { openWorker } from '../../src/io/program/worker-link.ts';

/** What a test gives for its end. */
type OnTestFinished = (done: () => Promise<void>) => unknown;

/** A program of a test, with the lines that it wrote for people. */
export interface TestProgram {
  readonly program: Program;
  readonly lines: readonly string[];
}

/** A module with this text, in a thread until the test is over. */
export async function moduleProgram(text: string, onTestFinished: OnTestFinished): Promise<TestProgram> {
  const path = await scriptFile(text, onTestFinished);
  return programOf(
    (events) => openWorker({ url: pathToFileURL(path).href, environment: { OWN: 'own' } }, events),
    onTestFinished,
  );
}

/** A command that runs this text with Node, as a process until the test is over. */
export async function commandProgram(text: string, onTestFinished: OnTestFinished): Promise<TestProgram> {
  const path = await scriptFile(text, onTestFinished);
  const words = [process.execPath, path];
  return programOf((events) => openProcess({ words, environment: { OWN: 'own' } }, events), onTestFinished);
}

/** A program that a link of the test's own opens. */
export function programOf(open: OpenLink, onTestFinished: OnTestFinished): TestProgram {
  const lines: string[] = [];
  const program = new Program({ open, onLine: (line) => lines.push(line) });
  onTestFinished(() => program.close());
  return { program, lines };
}

/** The beginning of a command: calls `answer` with each request, and `write` writes a value as a line. */
export const COMMAND_HEAD = `
import { createInterface } from 'node:readline';
const write = (value) => process.stdout.write((typeof value === 'string' ? value : JSON.stringify(value)) + '\\n');
const serve = (answer) => createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)));
`;

async function scriptFile(text: string, onTestFinished: OnTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-program-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'own.mjs');
  await writeFile(path, text);
  return path;
}
