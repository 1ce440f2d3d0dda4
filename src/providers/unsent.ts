/** Failures of a TLS handshake: a rejected certificate, or two sides without a common protocol. */
const HANDSHAKE_CODES =
  /^(?:DEPTH_ZERO_|SELF_SIGNED_CERT|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH|ERR_TLS_CERT_|ERR_TLS_HANDSHAKE_TIMEOUT|ERR_SSL_\w*(?:WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNRECOGNIZED_NAME))/;

/** Node has no code for it that differs from a later connection reset. */
const BROKEN_HANDSHAKE = 'Client network socket disconnected before secure TLS connection was established';

/** True if a request that failed was definitely never sent: its host has no address, or no connection was made. */
export function isUnsent(cause: unknown): boolean {
  // Every address of a host was tried.
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isUnsent);
  if (!(cause instanceof Error)) return false;
  const code: unknown = 'code' in cause ? cause.code : undefined;
  const syscall: unknown = 'syscall' in cause ? cause.syscall : undefined;
  if (syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  return cause.message === BROKEN_HANDSHAKE || (typeof code === 'string' && HANDSHAKE_CODES.test(code));
}

const UNTRUSTED_CODES =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)\w*)$/;

/** True if the certificate of a server is of a CA that this machine does not know. */
export function isOfUnknownCa(cause: unknown): boolean {
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && UNTRUSTED_CODES.test(code);
}
