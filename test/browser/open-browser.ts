import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.ARES_CHROMIUM ?? '/usr/bin/chromium';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Whether there is a browser to test with. Without one the tests are skipped, and a line says so; where CI is set that is a failure.
 *
 * @throws Error in CI
 */
export function browserAvailable(): boolean {
  if (existsSync(EXECUTABLE)) return true;
  const message = `the page is not tested: ${EXECUTABLE} must be a Chromium, does not exist (apt-get install chromium, or set ARES_CHROMIUM)`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`${message}\n`);
  return false;
}

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
