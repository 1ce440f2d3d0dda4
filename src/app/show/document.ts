import type { ShownQuestion, ShownRow, ShownRows } from '../../core/shown-row.ts';

/** The document that `show --json` prints; texts are whole, unknown values are null. */
export function showDocument({ run, choice, rows, matching, shown, simulated }: ShownRows): object {
  return { run, choice, read: rows, matching, simulated, rows: shown.map(rowDocument) };
}

function rowDocument({ rowId, vars, expected, questions, answers, flips }: ShownRow): object {
  return {
    rowId,
    vars,
    ...messagesOf(questions),
    expected,
    answers,
    ...(flips.length === 0 ? {} : { flips }),
  };
}

/** One list of messages if all prompts ask the same, else one for each prompt. */
function messagesOf(questions: readonly ShownQuestion[]): object {
  const [only, ...others] = questions;
  if (only === undefined) return {};
  if (others.length === 0) return { messages: only.messages };
  const byPrompt = questions.flatMap(({ prompts, messages }) => prompts.map((name) => [name, messages] as const));
  return { messagesByPrompt: Object.fromEntries(byPrompt) };
}
