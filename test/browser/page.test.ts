import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCandleFile } from '../../src/adapters/local/candle-file.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { halt } from '../../src/core/trading/trading-state.ts';
import { serveSeededSlot } from '../integration/api/served-slot.ts';
import { browserAvailable } from './open-browser.ts';
import { browserOfSuite, DESKTOP, PHONE, SCREENSHOTS, weakContrast } from './open-page.ts';

describe.skipIf(!browserAvailable())('the page in a browser', () => {
  const { pageDirectory, ...suite } = browserOfSuite();
  let candles: readonly Candle[];

  beforeAll(async () => {
    candles = (await readCandleFile('apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz')).candles.slice(
      8_000,
      9_000,
    );
  });

  /** The page of a slot, once its audit trail is checked. */
  const open: typeof suite.open = async (served, how) => {
    const opened = await suite.open(served, how);
    await opened.page.getByText(/chain valid/).waitFor();
    return opened;
  };

  const traded = () => serveSeededSlot({ bars: 150, pageDirectory, candles });
  const figure = (page: Page, name: string) =>
    page.locator('.figure', { hasText: name }).locator('.value').textContent();
  /** How many pixels of a chart are drawn on. */
  const drawn = (page: Page, chart: string): Promise<number> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('.chart.${chart} canvas');
      if (!canvas || !canvas.width || !canvas.height) return 0;
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
    })()`);

  it('shows the slot, its figures, charts, models, events and audit, without a complaint and without asking anybody else', async () => {
    const served = await traded();
    const { page, complaints, requests } = await open(served);
    const overview = await served.get('/api/overview');
    expect(await page.getByRole('banner').textContent()).toMatch(
      /Ares[\s\S]*BTC\/USDT[\s\S]*Paper exchange, replayed market[\s\S]*UTC[\s\S]*ACTIVE\s*Live/,
    );
    expect(await figure(page, 'Equity')).toBe(
      `${Number(overview.account.equity).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USDT`,
    );
    expect(await figure(page, 'Trades')).toContain(String(overview.account.trades));
    await expect.poll(() => drawn(page, 'price')).toBeGreaterThan(2_000);
    expect(await drawn(page, 'equity')).toBeGreaterThan(1_000);
    expect(await page.getByRole('img', { name: /BTC\/USDT, last close .* USDT, \d+ trades shown/ }).count()).toBe(1);
    expect(await page.getByRole('row', { name: /run-2 .*production/ }).count()).toBe(1);
    expect(await page.getByRole('row', { name: /run-1 .*archived/ }).count()).toBe(1);
    expect(await page.getByRole('region', { name: 'Events', exact: true }).textContent()).toContain(
      'run-2 was promoted, after run-1',
    );
    expect(await page.getByRole('region', { name: 'Audit', exact: true }).textContent()).toContain('ModelPromoted');
    expect(await page.title()).toMatch(/USDT · BTC\/USDT · Ares$/);
    expect(complaints).toEqual([]);
    // Those of another origin have it before their path.
    expect(requests.filter((request) => !/^GET \//.test(request))).toEqual([]);
  });

  it('follows the market without being loaded again', async () => {
    const served = await traded();
    const { page, complaints } = await open(served);
    await page.evaluate('window.loadedOnce = true');
    const clock = page.locator('.clock time');
    const before = await clock.textContent();
    const trades = await figure(page, 'Trades');
    for (let bars = 0; bars < 20; bars += 1) await served.step();
    await expect.poll(() => clock.textContent()).not.toBe(before);
    await expect.poll(() => figure(page, 'Trades')).not.toBe(trades);
    expect(await page.evaluate('window.loadedOnce')).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('says when the connection is lost, keeps what it knows, and goes on by itself', async () => {
    const served = await traded();
    const { page } = await open(served);
    const equity = await figure(page, 'Equity');
    await served.close();
    await page.getByText('Connection lost, trying again…').waitFor();
    expect(await figure(page, 'Equity')).toBe(equity);
    await served.reopen();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 15_000 });
  });

  it('says who halted trading and why', async () => {
    const served = await traded();
    const { page } = await open(served);
    await halt(
      {
        id: 'h',
        user: 'ada',
        now: served.slot.marketTime(),
        sessionId: 's',
        slot: served.slot.slot,
        reason: 'looking into it',
      },
      { ledger: served.ledger },
    );
    const notice = page.getByRole('alert');
    await notice.waitFor();
    expect(await notice.textContent()).toBe('HALTED (only cancels orders): looking into it, by ada');
    expect(await page.evaluate(weakContrast)).toEqual([]);
  });

  it('says what is missing when nothing has begun', async () => {
    const served = await serveSeededSlot({ bars: 0, pageDirectory, candles });
    const { page, complaints } = await open(served, { viewport: PHONE });
    for (const text of [
      'Waiting for the first closed candles.',
      'No model is registered yet.',
      'Nothing was traded yet.',
      'The monitor has not run yet.',
    ]) {
      expect([text, await page.getByText(text).count()]).toEqual([text, 1]);
    }
    expect(complaints).toEqual([]);
  });

  it('says why there are no candles when the market does not answer', async () => {
    const served = await traded();
    served.marketData.problem = new Error('the exchange is away');
    const { page } = await open(served);
    await page.getByText('No candles: the exchange is away').waitFor();
  });

  for (const [name, viewport, scheme] of [
    ['desktop-dark', DESKTOP, 'dark'],
    ['desktop-light', DESKTOP, 'light'],
    ['phone-dark', PHONE, 'dark'],
    ['phone-light', PHONE, 'light'],
  ] as const) {
    it(`fits and can be read: ${name}`, async () => {
      const served = await traded();
      const { page } = await open(served, { viewport, colorScheme: scheme });
      await expect.poll(() => drawn(page, 'price')).toBeGreaterThan(500);
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-full.png`), fullPage: true });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
      expect(await page.evaluate(weakContrast)).toEqual([]);
    });
  }

  it('does not move under the reader while it is updated', async () => {
    const served = await traded();
    const { page } = await open(served);
    await page.evaluate(`
      window.moved = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.moved += value;
      }).observe({ type: 'layout-shift' });
    `);
    for (let bars = 0; bars < 3; bars += 1) {
      await served.step();
      await page.waitForTimeout(1_100);
    }
    expect(await page.evaluate('window.moved')).toBeLessThan(0.02);
  });

  it('can be read to its end by keyboard', async () => {
    const served = await traded();
    const { page } = await open(served);
    const reached: unknown[] = [];
    for (let tabs = 0; tabs < 10; tabs += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent'));
    }
    expect(reached).toEqual(
      expect.arrayContaining([
        'Health, scrolls',
        'Models, scrolls',
        'Trades, scrolls',
        'Events, scrolls',
        'Audit, scrolls',
        'TradingView Lightweight Charts™',
      ]),
    );
  });
});
