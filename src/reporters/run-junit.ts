import { xmlText } from '../core/plain-text.ts';
import type { RunCase } from '../core/run-case.ts';
import { caseXml, elementXml } from './junit-xml.ts';

/** A row of a variant as a JUnit test case, on one line. @param suite its variant */
export function renderRunCase(suite: string, { rowId, outcome, message, details }: RunCase): string {
  const names = { suite, name: rowId };
  switch (outcome) {
    case 'failed':
      return caseXml(names, elementXml('failure', message, details));
    case 'errored':
      return caseXml(names, elementXml('error', message, details));
    case 'skipped':
      return caseXml(names, `<skipped message="${xmlText(message)}"/>`);
    case 'passed':
      return caseXml(names, message === '' ? '' : `<system-out>${xmlText(message)}</system-out>`);
  }
}
