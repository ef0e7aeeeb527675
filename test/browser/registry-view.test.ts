import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { serveSeededSlot } from '../integration/api/served-slot.ts';
import { fillRegistry, RUNS } from './fill-registry.ts';
import { browserAvailable } from './open-browser.ts';
import { browserOfSuite, DESKTOP, PHONE, SCREENSHOTS, weakContrast } from './open-page.ts';

describe.skipIf(!browserAvailable())('the registry in a browser', () => {
  const { pageDirectory, open } = browserOfSuite();

  const empty = () => serveSeededSlot({ bars: 12, pageDirectory });
  async function filled() {
    const served = await empty();
    return { served, ...(await fillRegistry(served)) };
  }

  /** The names of the runs in the table, from the top. */
  const names = (page: Page) => page.locator('tbody th').allTextContents();
  const statusOf = (page: Page) => page.locator('.page-end [role=status]').first();
  const shows = (page: Page, text: string) => expect.poll(() => statusOf(page).textContent()).toBe(text);
  /** How many pixels of the chart are drawn on. */
  const drawn = (page: Page): Promise<number> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('.chart.steps canvas');
      if (!canvas || !canvas.width || !canvas.height) return 0;
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
    })()`);

  it('says how to begin when nothing is logged and nothing registered', async () => {
    const served = await empty();
    const { page, complaints } = await open(served, { hash: '#/experiments' });
    await page.getByText('These experiments come with Ares.').waitFor();
    expect(await page.locator('pre').first().textContent()).toContain(`export MLFLOW_TRACKING_URI=${served.url}`);
    await page.getByRole('link', { name: 'Default' }).click();
    await page.getByText('Nothing is logged here yet.').waitFor();
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await page.getByText('No model is registered yet.').waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'registry-empty.png') });
    expect(await page.title()).toBe('Models · Ares');
    expect(complaints).toEqual([]);
  });

  it('sorts runs by any column, at the server, over all of them', async () => {
    const { served, experimentId } = await filled();
    const { page, complaints } = await open(served, { hash: `#/experiments/${experimentId}` });
    await shows(page, 'The first 50 runs; there are more.');
    expect((await names(page))[0]).toBe(`lgbm ${RUNS - 1}`);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const sorted = (name: string) => page.getByRole('columnheader', { name, exact: true }).getAttribute('aria-sort');
    await press('accuracy');
    await expect.poll(() => names(page).then(([name]) => name)).toBe(`lgbm ${RUNS - 1}`);
    expect(await sorted('accuracy')).toBe('descending');
    await press('accuracy');
    // Of the runs with a history of 100 steps even the first is better than most.
    await expect.poll(() => names(page).then(([name]) => name)).toBe('lgbm 3');
    expect(await sorted('accuracy')).toBe('ascending');
    await press('Status');
    await expect.poll(() => page.locator('tbody tr').last().textContent()).toContain('finished');
    await press('leaves');
    await expect.poll(() => page.locator('tbody tr').first().textContent()).toContain('31');
    await press('Started (UTC)');
    await press('Started (UTC)');
    await expect.poll(() => names(page).then(([name]) => name)).toBe('lgbm 0');
    await page.goBack();
    await expect.poll(() => names(page).then(([name]) => name)).toBe(`lgbm ${RUNS - 1}`);
    await press('Duration');
    await expect.poll(() => page.locator('tbody tr').first().textContent()).toContain('7 s');
    expect(await page.getByText('Duration sorts the runs shown, not those to come.').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('reads more runs page by page until there are no more', async () => {
    const { served, experimentId } = await filled();
    const { page } = await open(served, { hash: `#/experiments/${experimentId}` });
    await page.getByRole('button', { name: 'Show more' }).click();
    await shows(page, `${RUNS} runs`);
    expect(await names(page)).toEqual(Array.from({ length: RUNS }, (_, i) => `lgbm ${RUNS - 1 - i}`));
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('filters runs in MLflow’s grammar, and says in words what is wrong with a filter', async () => {
    const { served, experimentId } = await filled();
    const { page } = await open(served, { hash: `#/experiments/${experimentId}` });
    const box = page.getByRole('textbox', { name: 'Filter runs' });
    await box.fill("metrics.accuracy > 0.525 AND params.leaves = '32'");
    await box.press('Enter');
    await shows(page, '2 runs');
    expect(await names(page)).toEqual(['lgbm 57', 'lgbm 53']);
    await page.reload();
    expect(await box.inputValue()).toBe("metrics.accuracy > 0.525 AND params.leaves = '32'");
    await box.fill('metrics.accuracy ~ 3');
    await box.press('Enter');
    const problem = page.getByRole('alert');
    await problem.waitFor();
    expect(await problem.textContent()).toContain("Invalid comparator '~'");
    expect(await box.getAttribute('aria-invalid')).toBe('true');
    await page.screenshot({ path: join(SCREENSHOTS, 'registry-wrong-filter.png') });
    await page.getByRole('button', { name: 'Show all' }).click();
    await shows(page, 'The first 50 runs; there are more.');
    await box.fill("params.leaves = 'none'");
    await box.press('Enter');
    await page.getByText('No run fits this filter.').waitFor();
  });

  it('compares selected runs in one chart and side by side, by keyboard alone', async () => {
    const { served, experimentId } = await filled();
    const { page, complaints } = await open(served, { hash: `#/experiments/${experimentId}?order=start_time` });
    await page.getByText('Select two runs or more to compare them.').waitFor();
    for (const name of ['lgbm 0', 'lgbm 1', 'lgbm 2']) {
      await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).focus();
      await page.keyboard.press('Space');
    }
    await page.getByRole('link', { name: 'Compare 3 runs' }).focus();
    await page.keyboard.press('Enter');
    const chart = page.getByRole('img', {
      name: /^accuracy by step: lgbm 0 0\.5198\d+ at step 99; lgbm 1 .*; lgbm 2 /,
    });
    await chart.waitFor();
    await expect.poll(() => drawn(page)).toBeGreaterThan(2_000);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    expect(await page.getByRole('row', { name: /^leaves differs 31 32 33$/ }).count()).toBe(1);
    expect(await page.getByRole('row', { name: /^features rsi, ema rsi, ema rsi, ema$/ }).count()).toBe(1);
    await page.screenshot({ path: join(SCREENSHOTS, 'registry-compare.png'), fullPage: true });
    await page.getByRole('checkbox', { name: 'Only what differs' }).check();
    expect(await page.getByRole('row', { name: /^features/ }).count()).toBe(0);
    await chart.hover();
    await expect.poll(() => page.locator('.lines .at').textContent()).toMatch(/^at step \d+$/);
    await page.getByLabel('Metric', { exact: true }).selectOption('diverged');
    await page.getByText('There is no value of diverged to draw.').waitFor();
    await page.goBack();
    await page.getByText('Select two runs or more to compare them.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows a run: what went in, what came out, its history and its files', async () => {
    const { served, runIds } = await filled();
    const { page, complaints } = await open(served, { hash: `#/runs/${runIds[0]}` });
    await page.getByRole('img', { name: /^accuracy by step: lgbm 0 / }).waitFor();
    await expect.poll(() => drawn(page)).toBeGreaterThan(1_000);
    expect(await page.getByRole('region', { name: 'lgbm 0' }).textContent()).toMatch(
      /running.*2026-01-05 00:00:00.*not ended.*btc-direction 3, btc-direction 2, btc-direction 1/,
    );
    expect(await page.getByRole('row', { name: 'diverged NaN 0' }).count()).toBe(1);
    expect(await page.getByRole('row', { name: 'leaves 31' }).count()).toBe(1);
    expect(await page.getByRole('row', { name: 'note even' }).count()).toBe(1);
    const artifacts = page.getByRole('region', { name: 'Artifacts' });
    await artifacts.getByText('model/').click();
    await artifacts.getByText('MLmodel').waitFor();
    expect(await artifacts.textContent()).toMatch(/MLmodel12 B.*notes\.txt5 B/);
    await page.screenshot({ path: join(SCREENSHOTS, 'registry-run.png'), fullPage: true });
    await page.getByRole('link', { name: 'diverged' }).click();
    await page.getByText('There is no value of diverged to draw.').waitFor();
    await page.getByRole('link', { name: 'btc direction' }).click();
    await page.getByRole('heading', { name: 'Runs of btc direction' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows models with their aliases, stages and slot, and who did what with their versions', async () => {
    const { served } = await filled();
    const { page, complaints } = await open(served, { hash: '#/models' });
    await shows(page, '2 models');
    expect(await page.getByRole('row', { name: /btc-direction 3 Production 2, Archived 1 @best 2 none/ }).count()).toBe(
      1,
    );
    expect(
      await page
        .getByRole('row', { name: new RegExp(`btc-live 1 Production 1 @champion 1 ${served.slot.slot}`) })
        .count(),
    ).toBe(1);
    await page.getByRole('link', { name: 'btc-direction' }).click();
    await page.getByRole('row', { name: /^2 Production @best [0-9a-f]{8} / }).waitFor();
    const lifecycle = page.getByRole('region', { name: 'Lifecycle', exact: true });
    await lifecycle.getByText('registered the model').waitFor();
    expect(await lifecycle.locator('.text').allTextContents()).toEqual([
      'ada gave the alias best to version 2',
      'ada moved version 1 to Archived, was Production',
      'ada moved version 2 to Production',
      'ada moved version 1 to Production, was Staging',
      'ada moved version 1 to Staging',
      'ada created version 3',
      'ada created version 2',
      'ada created version 1',
      'ada registered the model',
    ]);
    await page.screenshot({ path: join(SCREENSHOTS, 'registry-model.png'), fullPage: true });
    await page.getByRole('link', { name: 'Models', exact: true }).first().click();
    await page.getByRole('link', { name: 'btc-live' }).click();
    await page.getByText(`bound to ${served.slot.slot}`, { exact: true }).waitFor();
    await page.getByRole('row', { name: /^1 Production @champion production [0-9a-f]{8} / }).waitFor();
    await lifecycle.getByText('registered the model').waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'registry-bound-model.png'), fullPage: true });
    expect(await lifecycle.locator('.text').allTextContents()).toEqual([
      `ada promoted btc-live.v1 in ${served.slot.slot}: stage Production of version 1 of btc-live by ada`,
      'ada created version 1',
      `ada made btc-live.v1 a candidate of ${served.slot.slot}`,
      `ada registered the model, bound to ${served.slot.slot}`,
    ]);
    expect(complaints).toEqual([]);
  });

  it('changes nothing and asks nobody else: every request is a reading one to its own server', async () => {
    const { served, experimentId, runIds } = await filled();
    const { page, requests } = await open(served, { hash: '#/experiments' });
    for (const hash of [`#/experiments/${experimentId}`, `#/runs/${runIds[0]}`, '#/models', '#/models/btc-direction']) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await page.waitForTimeout(300);
    }
    const posts = new Set(requests.filter((request) => !request.startsWith('GET /')));
    expect(posts).toEqual(
      new Set(['POST /ajax-api/2.0/mlflow/experiments/search', 'POST /ajax-api/2.0/mlflow/runs/search']),
    );
    expect(requests).toContain('GET /ajax-api/2.0/mlflow/registered-models/get');
  });

  it('says what is not there', async () => {
    const served = await empty();
    const { page } = await open(served, { hash: '#/models/nothing' });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('Registered Model with name=nothing not found');
    await page.evaluate("location.hash = '#/runs/0123456789abcdef0123456789abcdef'");
    await page.getByText('Run with id=0123456789abcdef0123456789abcdef not found').waitFor();
    await page.evaluate("location.hash = '#/elsewhere'");
    await page.getByText('There is nothing at this address.').waitFor();
  });

  it('is fetched only when it is looked at, and does not keep the trading view from coming back', async () => {
    const { served } = await filled();
    const { page, requests, complaints } = await open(served);
    await page.getByRole('heading', { name: 'Model in production' }).waitFor();
    expect(requests.filter((request) => request.includes('registry-view'))).toEqual([]);
    await page.getByRole('link', { name: 'Experiments', exact: true }).click();
    await page.getByRole('link', { name: 'btc direction' }).waitFor();
    expect(requests.some((request) => request.includes('registry-view'))).toBe(true);
    await page.getByRole('link', { name: 'Trading', exact: true }).click();
    await page.getByRole('heading', { name: 'Model in production' }).waitFor();
    expect(complaints).toEqual([]);
  });

  for (const [name, viewport, scheme] of [
    ['desktop-dark', DESKTOP, 'dark'],
    ['phone-light', PHONE, 'light'],
    ['phone-dark', PHONE, 'dark'],
  ] as const) {
    it(`fits and can be read: ${name}`, async () => {
      const { served, experimentId, runIds } = await filled();
      const { page } = await open(served, { hash: '#/experiments', viewport, colorScheme: scheme });
      const views = {
        experiments: ['#/experiments', 'Experiments'],
        runs: [`#/experiments/${experimentId}?order=-metrics.accuracy`, 'Runs of btc direction'],
        run: [`#/runs/${runIds[1]}`, 'Artifacts'],
        compare: [`#/compare?runs=${runIds.slice(0, 3)}`, 'Side by side'],
        models: ['#/models', 'Registered models'],
        model: ['#/models/btc-direction', 'Lifecycle'],
      };
      for (const [view, [hash, heading]] of Object.entries(views)) {
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await page.getByRole('heading', { name: heading as string }).waitFor();
        await expect.poll(() => page.getByText('Reading…').count()).toBe(0);
        await page.waitForTimeout(200);
        await page.screenshot({ path: join(SCREENSHOTS, `registry-${view}-${name}.png`), fullPage: true });
        expect([view, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([view, viewport.width]);
        expect([view, await page.evaluate(weakContrast)]).toEqual([view, []]);
      }
    });
  }
});
