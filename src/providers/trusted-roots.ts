import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/**
 * The certificates that Node trusts, and these. Its option `ca` replaces its own, so that they are added to a context
 * that has those. Either way Node 20 leaves out those of NODE_EXTRA_CA_CERTS, which the caller must give again.
 * @param certificates PEM texts, one certificate each
 */
export function trustedRoots(certificates: readonly string[]): SecureContext {
  const secure = createSecureContext();
  const context: unknown = secure.context;
  if (!takesCertificates(context)) return createSecureContext({ ca: [...rootCertificates, ...certificates] });
  for (const certificate of certificates) context.addCACert(certificate);
  return secure;
}

interface OpenContext {
  addCACert(certificate: string): void;
}

/** Every version of Node has it, but it is in no documentation. */
function takesCertificates(context: unknown): context is OpenContext {
  return typeof context === 'object' && context !== null && 'addCACert' in context;
}
