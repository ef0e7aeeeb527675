import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { ServedSlot } from '../integration/api/served-slot.ts';
import { openBrowser } from './open-browser.ts';

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
export const SCREENSHOTS = 'reports/browser';

/** Run in the page: what is written in too little contrast. */
export const weakContrast = `(${readFileSync(new URL('./in-page/weak-contrast.js', import.meta.url), 'utf8')
  .trim()
  .replace(/;$/, '')})()`;

export interface OpenedPage {
  readonly page: Page;
  /** Everything that the browser complained about. */
  readonly complaints: string[];
  /** Every request it made: method, origin where it is another's, and path. */
  readonly requests: string[];
}

/** The built page and a browser for it, for the tests of one suite. */
export function browserOfSuite() {
  const pageDirectory = mkdtempSync(join(tmpdir(), 'ares-page-'));
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await build({ configFile: 'apps/dashboard/vite.config.ts', build: { outDir: pageDirectory } });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(pageDirectory, { recursive: true, force: true });
  });

  return {
    pageDirectory,
    /** Opens the page at an address, once it is live. */
    async open(
      served: ServedSlot,
      {
        hash = '',
        viewport = DESKTOP,
        colorScheme = 'light',
      }: {
        readonly hash?: string;
        readonly viewport?: { readonly width: number; readonly height: number };
        readonly colorScheme?: 'dark' | 'light';
      } = {},
    ): Promise<OpenedPage> {
      const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
      onTestFinished(() => page.close());
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('request', (request) => {
        const { origin, pathname } = new URL(request.url());
        requests.push(`${request.method()} ${origin === served.url ? '' : origin}${pathname}`);
      });
      await page.goto(`${served.url}/${hash}`);
      await page.getByText('Live', { exact: true }).waitFor();
      return { page, complaints, requests };
    },
  };
}
