/** Answers of gpt-4o to `questions`, and verdicts of gpt-4o-mini about them: of different lengths, scripted for a gateway. */
export function judgedAnswers(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const answer = `It is ${index + 2}. ${'Indeed. '.repeat((index * 37) % 50)}`;
    const reason = 'because '.repeat(1 + ((index * 53) % 40));
    const verdict = JSON.stringify({ reason, score: index % 3 === 0 ? 0 : 1 });
    return [
      { prompt: `What is ${index + 1} plus one?`, model: 'gpt-4o', output: answer },
      { model: 'gpt-4o-mini', contains: `It is ${index + 2}.`, output: verdict },
    ];
  });
  const text = lines.flat().map((line) => `${JSON.stringify(line)}\n`);
  return text.join('');
}
