import type { JSX } from 'preact';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { commonestCode } from '../data/errors.ts';
import { follow } from './bar.tsx';
import { usePage } from './page.ts';

/** The headline of a run without an answer: how many trials errored, and where the reasons are. */
export function NoAnswers(): JSX.Element {
  const { head, words, format } = usePage();
  const { total, run, errors } = head;
  const most = commonestCode(errors);
  const text =
    most === null ? words.noneAnswered(format, run.trials) : words.errorsN(format, total.errored, run.trials, most);
  return (
    <>
      <RunName />
      <h1>{words.noAnswers}</h1>
      <p class="lead">
        {text}. {most !== null && <To part="errors" text={words.seeReasons} />}
      </p>
    </>
  );
}

/** The headline of a run with answers of which none has this score. */
export function NoneScored({ scorer }: { readonly scorer: ScorerAnalysis }): JSX.Element {
  const { head, words, format } = usePage();
  return (
    <>
      <RunName />
      <h1>{words.noScores}</h1>
      <p class="lead">
        {words.noneScored(format, head.total.completed, scorer.scorer)}. <To part="rows" text={words.seeRows} />
      </p>
    </>
  );
}

/** The headline of a run whose every score is 0. */
export function AllZero(): JSX.Element {
  const { words } = usePage();
  return (
    <>
      <RunName />
      <h1>{words.allZero}</h1>
      <p class="lead">
        {words.nothingToChoose} <To part="rows" text={words.seeRows} />
      </p>
    </>
  );
}

/** The headline of a run without a scorer. */
export function NoScorer(): JSX.Element {
  const { head, words } = usePage();
  return (
    <>
      <p class="eye">
        <b>{words.noScores}</b>
      </p>
      <h1>
        <bdi>{head.run.name}</bdi>
      </h1>
      <p class="lead">{words.nothingScored}</p>
    </>
  );
}

function RunName(): JSX.Element {
  return (
    <p class="eye">
      <b>
        <bdi>{usePage().head.run.name}</bdi>
      </b>
    </p>
  );
}

function To({ part, text }: { readonly part: string; readonly text: string }): JSX.Element {
  return (
    <a href={`#${part}`} onClick={follow(part)}>
      {text}
    </a>
  );
}
