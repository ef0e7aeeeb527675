import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { selectColumns } from '../../../src/core/models/select-columns.ts';

describe('the columns of a model', () => {
  it('are those of its features, in its order', () => {
    const [first, second, third] = aresCore.features as readonly [string, string, string];
    expect(selectColumns({ features: [third, first, second] }, aresCore)).toEqual([2, 0, 1]);
  });

  it('must all be in the set: the first that is not is named with its position', () => {
    const [first] = aresCore.features as readonly [string];
    expect(() => selectColumns({ features: [first, 'moon', 'mars'] }, aresCore)).toThrow(
      expect.objectContaining({
        code: 'SIGNATURE_MISMATCH',
        message: 'feature 2 of 3 must be one of ares-core version 1, was "moon"',
        data: { feature: 'moon', position: 2 },
      }),
    );
  });
});
