/** Why packed bytes cannot be unpacked. */
export type UnpackFault = 'cut-off' | 'damaged' | 'trailing' | 'too-large' | 'window';

/** Packed bytes that cannot be unpacked. */
export class UnpackError extends Error {
  readonly fault: UnpackFault;

  constructor(fault: UnpackFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UnpackError';
    this.fault = fault;
  }
}
