import { UsageError } from './errors.ts';

/** A limit on what a run may cost cannot be kept, or pays for no call. */
export class BudgetError extends UsageError {}
