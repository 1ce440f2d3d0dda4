import { CallError } from '../../core/call-error.ts';

/** Uploads what a batch is made of. @throws CallError that is unsent: without it, nobody was asked for a batch */
export async function beforeCreation<T>(upload: () => Promise<T>): Promise<T> {
  try {
    return await upload();
  } catch (error) {
    throw error instanceof CallError ? error.with({ isUnsent: true }) : error;
  }
}
