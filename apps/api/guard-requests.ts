import type { MiddlewareHandler } from 'hono';
import { refusal } from './refusal.ts';

/** The page's own scripts, styles and data, and nothing from anywhere else. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Refuses what a page on this machine would never send: another host (a name somebody else lets point here), another origin. Who may do what is not asked here.
 *
 * @param hosts the values of the Host header that are this server's own
 */
export function guardRequests(hosts: () => readonly string[]): MiddlewareHandler {
  const check = (host: string, origin: string | undefined): Response | undefined => {
    const own = hosts();
    if (!own.includes(host)) return refusal(403, 'HOST_REFUSED', `Host must be ${own.join(' or ')}, was "${host}"`);
    const origins = own.map((name) => `http://${name}`);
    if (origin === undefined || origins.includes(origin)) return undefined;
    return refusal(403, 'ORIGIN_REFUSED', `Origin must be ${origins.join(' or ')}, was "${origin}"`);
  };
  return async (context, next) => {
    const { req } = context;
    const refused = check((req.header('host') ?? '').toLowerCase(), req.header('origin'));
    if (refused) context.res = refused;
    else await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value);
  };
}
