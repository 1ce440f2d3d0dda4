/** With more variants a column of the rows is a mark alone. */
export const MOST_WIDE = 12;

/** How the columns of the rows share the width. */
export interface Columns {
  /** Their widths in CSS. */
  readonly template: string;
  /** Of so many columns one has its name, so that names do not cover each other. */
  readonly every: number;
  /** True where marks are colours alone. */
  readonly isTight: boolean;
}

interface Room {
  readonly variants: number;
  readonly hasExpected: boolean;
  /** True if a column is a mark alone. */
  readonly isDense: boolean;
  /** In pixels. */
  readonly width: number;
}

const [ID, LEAST_QUESTION, LEAST_TIGHT_QUESTION, EXPECTED] = [74, 160, 110, 96];
/** Widths of a column of marks: at most, with a sign in it, and with an upright name above it. */
const [MOST_MARK, LEAST_SIGN, UPRIGHT] = [15, 9, 11];

/** The columns of the rows: they never take more than the width, however many variants there are. */
export function columnsOf({ variants, hasExpected, isDense, width }: Room): Columns {
  if (!isDense) {
    const question = variants < 5 ? `minmax(${LEAST_QUESTION}px, 1fr)` : `minmax(${LEAST_TIGHT_QUESTION}px, 3.4fr)`;
    const expected = hasExpected ? 'minmax(84px, 110px) ' : '';
    const own = `repeat(${variants}, minmax(44px, ${variants < 5 ? '190px' : '1fr'}))`;
    return { template: `${ID}px ${question} ${expected}${own}`, every: 1, isTight: false };
  }
  const room = width - ID - (hasExpected ? EXPECTED : 0);
  const isTight = (room - LEAST_QUESTION) / variants < LEAST_SIGN;
  const question = isTight ? LEAST_TIGHT_QUESTION : LEAST_QUESTION;
  const own = Math.min(MOST_MARK, Math.max(1, (room - question) / variants));
  return {
    template: `${ID}px minmax(${question}px, 1fr) ${hasExpected ? `${EXPECTED}px ` : ''}repeat(${variants}, minmax(0, ${MOST_MARK}px))`,
    every: Math.ceil(UPRIGHT / own),
    isTight,
  };
}
