import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** This process reads `NODE_EXTRA_CA_CERTS` no more: what it connects to from now on may show this certificate too. */
export function trustCertificate(path: string): void {
  const known = getCACertificates('default');
  const pem = readFileSync(path, 'utf8');
  if (!known.includes(pem)) setDefaultCACertificates([...known, pem]);
}
