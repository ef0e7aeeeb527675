import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historySince } from '../../../src/adapters/exchange/history-since.ts';

const DAY = 86_400_000;
interface Row {
  readonly id: string;
  readonly createdAt: number;
}

/** History as Binance serves it: at most 1,000 rows a page, windows of 24 hours at most. */
function venue(rows: readonly Row[]) {
  let requests = 0;
  const page = async (request: {
    fromId?: string;
    startTime?: number;
    endTime?: number;
    limit: number;
  }): Promise<readonly Row[]> => {
    requests += 1;
    if (request.fromId !== undefined)
      return rows.filter((row) => BigInt(row.id) >= BigInt(request.fromId ?? 0)).slice(0, request.limit);
    const { startTime, endTime } = request;
    if (startTime === undefined || endTime === undefined) return rows.slice(-request.limit);
    if (endTime - startTime > DAY) throw new Error('More than 24 hours between startTime and endTime.');
    return rows.filter((row) => row.createdAt >= startTime && row.createdAt <= endTime).slice(0, request.limit);
  };
  return { page, requests: () => requests };
}

const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 400_000 })), {
    maxLength: 3_500,
    size: 'max',
  })
  .map((steps) => {
    let id = 9_007_199_254_740_000n;
    let createdAt = 0;
    return steps.map(([idStep, timeStep]): Row => {
      id += BigInt(idStep);
      createdAt += timeStep;
      return { id: String(id), createdAt };
    });
  });

describe('historySince', () => {
  it('misses nothing since then, doubles nothing and keeps the order, however long the history', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.double({ min: 0, max: 1.1, noNaN: true }), async (rows, fraction) => {
        const since = Math.floor((rows.at(-1)?.createdAt ?? 0) * fraction);
        const got = await historySince(venue(rows).page, since);
        expect(got.filter((row) => row.createdAt >= since)).toEqual(rows.filter((row) => row.createdAt >= since));
      }),
      { numRuns: 60 },
    );
  });

  it("takes two requests, each other's check, when the newest page reaches back far enough", async () => {
    const rows = Array.from({ length: 5_000 }, (_, i): Row => ({ id: String(i), createdAt: i * 1_000 }));
    const source = venue(rows);
    await historySince(source.page, 4_500_000);
    expect(source.requests()).toBe(2);
  });

  it('finds out any row that one of its pages lacks, and takes none for the end of the history', async () => {
    await fc.assert(
      fc.asyncProperty(
        history.filter((rows) => rows.length > 0),
        fc.nat(),
        fc.nat({ max: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (rows, pick, which, fraction) => {
          const since = Math.floor((rows.at(-1)?.createdAt ?? 0) * fraction);
          const { page } = venue(rows);
          let left: Row | undefined;
          const lossy: typeof page = async (request) => {
            const got = await page(request);
            // The newest page is the first one, the pages by id come after: one row is left out of one of them.
            const isTarget =
              which === 0
                ? request.fromId === undefined && request.startTime === undefined
                : request.fromId !== undefined;
            if (!isTarget || got.length === 0 || left !== undefined) return got;
            left = got[pick % got.length];
            return got.filter((row) => row !== left);
          };
          const outcome = await historySince(lossy, since).then(
            (found) => found.filter((row) => row.createdAt >= since),
            (failure: { code: string }) => failure.code,
          );
          if (outcome !== 'EXCHANGE_UNAVAILABLE') expect(outcome).toEqual(rows.filter((row) => row.createdAt >= since));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['the oldest of a short history, in the newest page', (id: number, byId: boolean) => !(id === 1 && !byId)],
    ['the newest, by id', (id: number, byId: boolean) => !(id === 9 && byId)],
    ['one in the middle, by id', (id: number, byId: boolean) => !(id === 5 && byId)],
    ['all, by id', (_: number, byId: boolean) => !byId],
    ['all, in the newest page', (_: number, byId: boolean) => byId],
  ])('refuses a history that lacks %s', async (_, kept) => {
    const rows = Array.from({ length: 9 }, (_, i): Row => ({ id: String(i + 1), createdAt: i }));
    const { page } = venue(rows);
    const lossy: typeof page = async (request) =>
      (await page(request)).filter((row) => kept(Number(row.id), request.fromId !== undefined));
    await expect(historySince(lossy, 0)).rejects.toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      data: { because: 'incomplete' },
    });
  });

  it('takes what comes between its two reads for new, not for missing', async () => {
    const rows = Array.from({ length: 9 }, (_, i): Row => ({ id: String(i + 1), createdAt: i }));
    const { page } = venue(rows);
    const growing: typeof page = async (request) => {
      const got = await page(request);
      if (request.fromId === undefined) rows.push({ id: '10', createdAt: 10 });
      return got;
    };
    expect(await historySince(growing, 0)).toHaveLength(10);
  });

  it('passes days without any row', async () => {
    const early = Array.from({ length: 10 }, (_, i): Row => ({ id: String(i), createdAt: i }));
    const late = Array.from({ length: 1_500 }, (_, i): Row => ({ id: String(1_000 + i), createdAt: 5 * DAY + i }));
    const got = await historySince(venue([...early, ...late]).page, 100);
    expect(got).toEqual(late);
  });

  it('keeps rows of one millisecond that a page divides', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i): Row => ({ id: String(i), createdAt: 7 }));
    expect(await historySince(venue(rows).page, 7)).toEqual(rows);
  });
});
