import { readSync } from 'node:fs';

/** Bytes of a page's header; offsets within a page count from its end. */
const HEADER_BYTES = 24;
const [FLAGS_AT, LOWER_AT, UPPER_AT] = [18, 20, 22] as const;
const [BRANCH, LEAF, OVERFLOW] = [1, 2, 4] as const;
/** Size of a node's header: three fields with its size or its child's page number, then the size of its key. */
const NODE_BYTES = 8;
/** The node's data are stored in separate pages. */
const BIG_DATA = 1;
const PAGE_NUMBER_BYTES = 8;
/** More levels than any file on a real disk can have. */
const MAX_DEPTH = 16;
const NO_PAGE = 2n ** 64n - 1n;

/** An open LMDB file. */
export interface LmdbPages {
  /** Descriptor of the file. */
  readonly file: number;
  readonly pageSize: number;
  /** Number of the last page in use. */
  readonly lastPage: number;
}

/** What a file's header says about one of its trees. */
export interface LmdbTree {
  readonly root: bigint;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
}

/** An entry of a tree. */
export interface LmdbEntry {
  readonly key: string;
  readonly value: string;
}

interface Node {
  readonly flags: number;
  /** Size of the data in bytes; meaningless for a branch. */
  readonly size: number;
  /** Offset of its key in the page. */
  readonly keyAt: number;
  /** Offset of its data in the page, right behind its key. */
  readonly dataAt: number;
  readonly child: number;
}

/**
 * Reads every page of a tree and checks it against the header: numbers, kinds, bounds and counts. LMDB can read a tree
 * that passes without leaving the file.
 */
export class LmdbWalk {
  readonly #pages: LmdbPages;
  readonly #seen: Uint8Array;
  readonly #counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
  /** A page for each level, from the leaves: a new buffer for each page costs more than to read and check it. */
  readonly #buffers: Buffer[] = [];

  constructor(pages: LmdbPages) {
    this.#pages = pages;
    this.#seen = new Uint8Array(pages.lastPage + 1);
  }

  /** True if every page of the tree is sound. Trees of one file share no page. */
  isSound(tree: LmdbTree): boolean {
    Object.assign(this.#counts, { branch: 0, leaf: 0, overflow: 0, entries: 0 });
    const isSound = tree.root === NO_PAGE ? tree.depth === 0 : this.#isPage(Number(tree.root), tree.depth);
    const { branch, leaf, overflow, entries } = this.#counts;
    const { branchPages, leafPages, overflowPages } = tree;
    if (!isSound || branch !== branchPages || leaf !== leafPages) return false;
    return overflow === overflowPages && entries === tree.entries;
  }

  /** @param levels from this page to the leaves, including itself */
  #isPage(number: number, levels: number): boolean {
    if (levels < 1 || levels > MAX_DEPTH || !this.#take(number, 1)) return false;
    const page = readPage(this.#pages, number, this.#bufferOf(levels));
    const nodes = page === null ? null : nodesOf(page, number, levels === 1 ? LEAF : BRANCH);
    if (nodes === null) return false;
    if (levels === 1) return this.#isLeaf(nodes, page);
    this.#counts.branch += 1;
    return nodes.length > 0 && nodes.every(({ child }) => this.#isPage(child, levels - 1));
  }

  #bufferOf(levels: number): Buffer {
    return (this.#buffers[levels] ??= Buffer.allocUnsafeSlow(this.#pages.pageSize));
  }

  #isLeaf(nodes: readonly Node[], page: Buffer | null): boolean {
    this.#counts.leaf += 1;
    this.#counts.entries += nodes.length;
    return nodes.every(({ flags, size, dataAt }) => {
      if (flags !== BIG_DATA) return flags === 0;
      const first = Number(page?.readBigUInt64LE(dataAt) ?? NO_PAGE);
      const header = readHeader(this.#pages, first);
      const needed = Math.ceil((size + HEADER_BYTES) / this.#pages.pageSize);
      const isOverflow = header?.readUInt16LE(FLAGS_AT) === OVERFLOW && header.readUInt32LE(LOWER_AT) === needed;
      this.#counts.overflow += needed;
      return isOverflow && this.#take(first, needed);
    });
  }

  /** Marks pages as used; false if one was used already, or is not in the file. */
  #take(first: number, count: number): boolean {
    if (!Number.isSafeInteger(first) || first < 2 || first + count - 1 > this.#pages.lastPage) return false;
    const taken = this.#seen.subarray(first, first + count);
    if (taken.includes(1)) return false;
    taken.fill(1);
    return true;
  }
}

/** Entries of every sound leaf of a file, regardless of the state of its trees; includes outdated entries. */
export function* salvageEntries(pages: LmdbPages): Generator<LmdbEntry> {
  for (let number = 2; number <= pages.lastPage; number++) {
    const page = readPage(pages, number, Buffer.allocUnsafe(pages.pageSize));
    for (const node of (page === null ? null : nodesOf(page, number, LEAF)) ?? []) {
      const value = page === null ? null : valueOf(pages, page, node);
      if (value !== null)
        yield { key: page?.toString('utf8', node.keyAt, node.dataAt) ?? '', value: value.toString('utf8') };
    }
  }
}

function valueOf(pages: LmdbPages, page: Buffer, { flags, size, dataAt }: Node): Buffer | null {
  if (flags === 0) return page.subarray(dataAt, dataAt + size);
  if (flags !== BIG_DATA) return null;
  const first = Number(page.readBigUInt64LE(dataAt));
  const needed = Math.ceil((size + HEADER_BYTES) / pages.pageSize);
  if (!Number.isSafeInteger(first) || first < 2 || first + needed - 1 > pages.lastPage) return null;
  return (
    readPage(pages, first, Buffer.allocUnsafe(pages.pageSize * needed))?.subarray(HEADER_BYTES, HEADER_BYTES + size) ??
    null
  );
}

/** The nodes of a page; null if it is not the expected page, or a node extends beyond it. */
function nodesOf(page: Buffer, number: number, kind: typeof BRANCH | typeof LEAF): readonly Node[] | null {
  const isKind = numberIn(page) === number && page.readUInt16LE(FLAGS_AT) === kind;
  const [lower, upper] = [page.readUInt16LE(LOWER_AT), page.readUInt16LE(UPPER_AT)];
  if (!isKind || lower % 2 !== 0 || lower > upper || upper + HEADER_BYTES > page.length) return null;
  const nodes: Node[] = [];
  for (let at = 0; at < lower; at += 2) {
    const place = page.readUInt16LE(HEADER_BYTES + at);
    const node = place < upper ? null : nodeAt(page, HEADER_BYTES + place, kind);
    if (node === null) return null;
    nodes.push(node);
  }
  return nodes;
}

function nodeAt(page: Buffer, at: number, kind: typeof BRANCH | typeof LEAF): Node | null {
  if (at + NODE_BYTES > page.length) return null;
  const [low, flags, keySize] = [page.readUInt32LE(at), page.readUInt16LE(at + 4), page.readUInt16LE(at + 6)];
  const dataAt = at + NODE_BYTES + keySize;
  const inPage = kind === BRANCH ? 0 : flags === BIG_DATA ? PAGE_NUMBER_BYTES : low;
  if (dataAt + inPage > page.length) return null;
  return { flags, size: low, keyAt: at + NODE_BYTES, dataAt, child: low + flags * 2 ** 32 };
}

/** The number of a page in its own header. */
function numberIn(page: Buffer): number {
  return page.readUInt32LE(0) + page.readUInt32LE(4) * 2 ** 32;
}

/** Fills a buffer of a page, or several. */
function readPage({ file, pageSize }: LmdbPages, number: number, buffer: Buffer): Buffer | null {
  return readSync(file, buffer, 0, buffer.length, number * pageSize) === buffer.length ? buffer : null;
}

function readHeader({ file, pageSize, lastPage }: LmdbPages, number: number): Buffer | null {
  if (!Number.isSafeInteger(number) || number < 2 || number > lastPage) return null;
  const buffer = Buffer.allocUnsafe(HEADER_BYTES);
  const isWhole = readSync(file, buffer, 0, HEADER_BYTES, number * pageSize) === HEADER_BYTES;
  return isWhole && numberIn(buffer) === number ? buffer : null;
}
