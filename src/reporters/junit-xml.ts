import { xmlText } from '../core/plain-text.ts';

/** How a test case ended. */
export type CaseKind = 'passed' | 'failed' | 'errored' | 'skipped';

/** Number of cases of a suite by how they ended. */
export type CaseCounts = Readonly<Record<CaseKind, number>>;

/** The opening tag of a suite. */
export function suiteOpening(name: string, counts: CaseCounts): string {
  const { passed, failed, errored, skipped } = counts;
  const tests = passed + failed + errored + skipped;
  return `<testsuite name="${xmlText(name)}" tests="${tests}" failures="${failed}" errors="${errored}" skipped="${skipped}">\n`;
}

/** The closing tag of a suite. */
export const SUITE_END = '</testsuite>\n';

/** A test case on one line. @param inner its elements; empty for none */
export function caseXml(names: { readonly suite: string; readonly name: string }, inner: string): string {
  const opening = `<testcase classname="${xmlText(names.suite)}" name="${xmlText(names.name)}"`;
  return inner === '' ? `${opening}/>\n` : `${opening}>${inner}</testcase>\n`;
}

/** An element with a message and a text. */
export function elementXml(name: string, message: string, text: string): string {
  return `<${name} message="${xmlText(message)}">${xmlText(text)}</${name}>`;
}

/** A document of suites. @param name of the command */
export function junitFrame(name: string): readonly [opening: string, closing: string] {
  return [`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xmlText(name)}">\n`, '</testsuites>\n'];
}
