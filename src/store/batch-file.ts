import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { shortDigest } from '../core/digest.ts';
import { FolderLostError, RunFolderError, StorageError } from '../core/errors.ts';
import { trialDigest } from '../core/trial.ts';
import { type ByteLine, readByteLines } from '../io/byte-lines.ts';
import { DigestMap } from '../io/digest-map.ts';
import {
  type BatchEnd,
  type BatchedTrial,
  type BatchIntent,
  type BatchLine,
  batchLine,
  parseBatchLine,
} from './batch-lines.ts';
import { checkUnshared, type Fence, NO_FENCE } from './fence.ts';

/** A batch of the run that is not over. */
export interface KnownBatch extends BatchIntent {
  /** The API's own id; null if it is not known whether the batch was created. */
  readonly id: string | null;
}

/** Where a batch's requests are in the file. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Requests on one line. */
const REQUESTS_A_LINE = 500;

/**
 * The batches that a run has bought, or may have: batches.jsonl, in the format of src/store/batch-lines.ts. A batch's
 * requests and our intent are on the disk before it is created, so that no later start buys it again. The file is
 * created with the first batch, and kept.
 */
export class BatchFile {
  readonly path: string;
  readonly #fence: Fence;
  readonly #known = new Map<string, KnownBatch>();
  /** Of the requests of each batch. */
  readonly #extents = new Map<string, Extent>();
  /** Number of the last batch that each trial was in, by its digest. */
  readonly #batchOf = new DigestMap(0);
  /** Number of the last batch that asked for each cached answer, by the digest of its key. */
  readonly #batchOfKey = new DigestMap(0);
  readonly #numbers = new Map<string, number>();
  readonly #openNumbers = new Set<number>();
  readonly #ids = new Set<string>();
  #file: FileHandle | null = null;
  #end = 0;
  /** Resolves once the last write so far is done. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, fence: Fence) {
    this.path = path;
    this.#fence = fence;
  }

  /**
   * Reads the file if it exists, and cuts off a torn last line, on which nothing was done.
   * @param fence of its folder
   * @throws RunFolderError if a line is damaged: what was bought is then unknown
   */
  static async open(path: string, fence: Fence = NO_FENCE): Promise<BatchFile> {
    const batches = new BatchFile(path, fence);
    await batches.#read();
    return batches;
  }

  /** The batches that are not over, in order. */
  get open(): readonly KnownBatch[] {
    return [...this.#known.values()];
  }

  /** True if a batch of this run has that id at its API. */
  hasId(id: string): boolean {
    return this.#ids.has(id);
  }

  /** True if a trial is a request of a batch that is not over. */
  holds(trialId: string): boolean {
    return this.#isOpen(this.#batchOf.get(trialDigest(trialId)));
  }

  /** True if a request of a batch that is not over has an answer that is cached at this key. */
  holdsKey(cacheKey: string): boolean {
    return this.#isOpen(this.#batchOfKey.get(shortDigest(cacheKey)));
  }

  /** The requests of a batch, in order. */
  async *requestsOf({ intent }: Pick<BatchIntent, 'intent'>): AsyncGenerator<BatchedTrial> {
    const extent = this.#extents.get(intent);
    if (extent === undefined || extent.end <= extent.start) return;
    const blocks = createReadStream(this.path, { start: extent.start, end: extent.end - 1 });
    for await (const { bytes } of readByteLines(blocks)) {
      const line = parseBatchLine(bytes.toString('utf8'));
      if (line?.kind === 'requests' && line.intent === intent) yield* line.trials;
    }
  }

  /** Records a batch that is about to be created; on the disk once it resolves. @throws StorageError */
  intend(batch: BatchIntent, trials: readonly BatchedTrial[]): Promise<void> {
    return this.#inTurn(async () => {
      const start = this.#end;
      for (let from = 0; from < trials.length; from += REQUESTS_A_LINE) {
        const some = trials.slice(from, from + REQUESTS_A_LINE);
        const line: BatchLine = { kind: 'requests', intent: batch.intent, trials: some };
        await this.#append(line);
        this.#note(line, { start, end: this.#end });
      }
      await this.#settle({ kind: 'intent', ...batch });
    });
  }

  /** Records that the API has created a batch; on the disk once it resolves. @throws StorageError */
  created(intent: string, id: string): Promise<void> {
    return this.#inTurn(() => this.#settle({ kind: 'created', intent, id }));
  }

  /** Records that a batch is over for this run; on the disk once it resolves. @throws StorageError */
  over(intent: string, end: BatchEnd): Promise<void> {
    return this.#inTurn(() => this.#settle({ kind: 'over', intent, end }));
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = null;
  }

  async #read(): Promise<void> {
    const file = await open(this.path, 'r+').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    });
    if (file === null) return;
    try {
      const tornAt = await this.#readLines(readByteLines(file.createReadStream({ autoClose: false, start: 0 })));
      if (tornAt !== null) await file.truncate(tornAt);
      this.#end = (await file.stat()).size;
    } finally {
      await file.close();
    }
  }

  /** @returns the byte offset of a torn last line; null if there is none */
  async #readLines(lines: AsyncIterable<ByteLine>): Promise<number | null> {
    for await (const { bytes, offset, line: number, ended } of lines) {
      if (!ended) return offset;
      const line = parseBatchLine(bytes.toString('utf8'));
      if (line === null) throw this.#damaged(number);
      this.#note(line, { start: offset, end: offset + bytes.length + 1 });
    }
    return null;
  }

  #note(line: BatchLine, extent: Extent): void {
    const { intent } = line;
    switch (line.kind) {
      case 'requests': {
        const number = this.#numbers.get(intent) ?? this.#numbers.size;
        this.#numbers.set(intent, number);
        for (const { trialId, cacheKey } of line.trials) {
          this.#batchOf.set(trialDigest(trialId), number);
          if (cacheKey !== null) this.#batchOfKey.set(shortDigest(cacheKey), number);
        }
        this.#extents.set(intent, { start: this.#extents.get(intent)?.start ?? extent.start, end: extent.end });
        return;
      }
      case 'intent': {
        const { kind: _kind, ...batch } = line;
        this.#known.set(intent, { ...batch, id: null });
        this.#openNumbers.add(this.#numbers.get(intent) ?? -1);
        return;
      }
      case 'created': {
        const batch = this.#known.get(intent);
        if (batch !== undefined) this.#known.set(intent, { ...batch, id: line.id });
        this.#ids.add(line.id);
        return;
      }
      case 'over':
        this.#known.delete(intent);
        this.#openNumbers.delete(this.#numbers.get(intent) ?? -1);
    }
  }

  #isOpen(number: number | undefined): boolean {
    return number !== undefined && this.#openNumbers.has(number);
  }

  /** Endpoints write side by side: each writes its lines once the one before has. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const writing = this.#writing.then(write);
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  /** What follows must not happen before the line is on the disk. */
  async #settle(line: BatchLine): Promise<void> {
    await this.#append(line);
    try {
      await this.#file?.datasync();
    } catch (cause) {
      throw this.#notStored(cause);
    }
    this.#note(line, { start: this.#end, end: this.#end });
  }

  async #append(line: BatchLine): Promise<void> {
    const text = batchLine(line);
    try {
      this.#file ??= await open(this.path, 'a', 0o666);
      const checking = this.#fence.check();
      if (checking !== null) await checking;
      checkUnshared({ path: this.path, fd: this.#file.fd, end: this.#end });
      await this.#file.appendFile(text);
      this.#end += Buffer.byteLength(text);
    } catch (cause) {
      if (cause instanceof FolderLostError || cause instanceof StorageError) throw cause;
      throw this.#notStored(cause);
    }
  }

  #damaged(line: number): RunFolderError {
    return new RunFolderError(`${this.path}:${line}: is damaged, so it is not known which batches were bought`, {
      hint: 'collect or cancel this run’s batches at the provider, then begin a new run with another --out',
    });
  }

  #notStored(cause: unknown): StorageError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new StorageError(`${this.path}: a batch could not be recorded: ${reason}`, {
      hint: 'make room, then run the same command again: no batch is bought before it is recorded',
      cause,
    });
  }
}
