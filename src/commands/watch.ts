import { lostRecord, NO_LOST_CALLS } from '../core/billed.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine, plainLines } from '../core/plain-text.ts';
import type { RunView } from '../core/run-view.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, type OutputStream, say, widthOf } from './context.ts';

const PAUSE_MS = 1000;
/** Between two lines where nothing can be redrawn. */
const LINE_PAUSE_MS = 3000;
/** Of a terminal that does not tell its own. */
const DEFAULT_HEIGHT = 24;

const ARGUMENTS = { run: { kind: 'path', describe: 'run folder' } } as const satisfies ValueTable;

const OPTIONS = {
  wait: { kind: 'boolean', group: 'Flags', describe: 'wait for a run that has not begun' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid watch <run>` */
export function watchCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'watch <run>',
      group: 'Run',
      summary: 'follow a run in progress from another terminal',
      arguments: ARGUMENTS,
      options: OPTIONS,
      interrupted: 'the run goes on; give the command again to follow it',
      examples: ['watch results/support', 'watch results/support --wait --json'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { watchRun } = await import('../app/watch/index.ts');
  const { renderRunLine, renderRunView } = await import('../reporters/index.ts');
  const { run = '', wait } = flags;
  const views = watchRun({
    folder: run,
    waits: wait === true,
    pauseMs: PAUSE_MS,
    elapsedMs: context.elapsedMs,
    onWait: () => say(context, flags, oneLine(`${run}: waiting for its run to begin`)),
  });
  const whole = (view: RunView): string =>
    renderRunView(view, { colors: context.colors, width: widthOf(context, flags) });
  const show = showerOf(context, flags, { line: renderRunLine, whole });
  for await (const view of views) {
    if (!view.ended) show.progress(view);
    else {
      show.clear();
      const { ended: _ended, lost, ...figures } = view;
      const document = { ...figures, ...lostRecord(lost ?? NO_LOST_CALLS) };
      give(context, flags, { document, text: whole(view) });
    }
  }
}

interface Renderers {
  readonly line: (view: RunView) => string;
  readonly whole: (view: RunView) => string;
}

interface Shower {
  progress(view: RunView): void;
  /** Removes what can be redrawn. */
  clear(): void;
}

function showerOf(context: CommandContext, flags: Flags, { line, whole }: Renderers): Shower {
  const { stdout, stderr } = context;
  if (flags.quiet === true) return { progress: () => undefined, clear: () => undefined };
  if (flags.json !== true && stdout.isTTY) return new Redrawn(stdout, whole);
  // With --json, stdout has the document alone.
  return new Lines(flags.json === true ? stderr : stdout, context, line);
}

/** A line every few seconds. */
class Lines implements Shower {
  readonly #stream: OutputStream;
  readonly #context: CommandContext;
  readonly #line: Renderers['line'];
  #lastMs = -Infinity;

  constructor(stream: OutputStream, context: CommandContext, line: Renderers['line']) {
    this.#stream = stream;
    this.#context = context;
    this.#line = line;
  }

  progress(view: RunView): void {
    const nowMs = this.#context.elapsedMs();
    if (nowMs - this.#lastMs < LINE_PAUSE_MS) return;
    this.#lastMs = nowMs;
    this.#stream.write(`${plainLines(this.#line(view))}\n`);
  }

  clear(): void {
    // Lines stay.
  }
}

/** ECMA-48: up by some lines, and erase from there to the end of the screen. */
function eraseLines(count: number): string {
  return count === 0 ? '' : `\u001B[${count}F\u001B[0J`;
}

/** A view that is drawn over the one before. */
class Redrawn implements Shower {
  readonly #stream: OutputStream;
  readonly #whole: Renderers['whole'];
  #drawn = 0;

  constructor(stream: OutputStream, whole: Renderers['whole']) {
    this.#stream = stream;
    this.#whole = whole;
  }

  progress(view: RunView): void {
    // What has scrolled off the screen cannot be drawn over.
    const lines = this.#whole(view)
      .split('\n')
      .slice(0, heightOf(this.#stream) - 1);
    this.#stream.write(`${eraseLines(this.#drawn)}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  clear(): void {
    this.#stream.write(eraseLines(this.#drawn));
    this.#drawn = 0;
  }
}

function heightOf(stream: OutputStream): number {
  const rows: unknown = 'rows' in stream ? stream.rows : undefined;
  return typeof rows === 'number' && rows > 1 ? rows : DEFAULT_HEIGHT;
}
