import { describe, expect, it } from 'vitest';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';

describe('a fault', () => {
  it('carries a code, data and what caused it', () => {
    const cause = new Error('socket hang up');
    const fault = new AresError('EXCHANGE_UNAVAILABLE', 'the exchange must answer, did not', { status: 503 }, cause);
    expect(fault).toMatchObject({ name: 'AresError', code: 'EXCHANGE_UNAVAILABLE', data: { status: 503 }, cause });
    expect(fault).toBeInstanceOf(Error);
  });

  it('has no cause and no data when none were given', () => {
    const fault = new AresError('X', 'y');
    expect(fault.data).toEqual({});
    expect('cause' in fault).toBe(false);
  });

  it('is told by its message, and whatever else is thrown by its text', () => {
    expect(messageOf(new AresError('X', 'what must be and what was'))).toBe('what must be and what was');
    expect(messageOf('plain text')).toBe('plain text');
    expect(messageOf(undefined)).toBe('undefined');
  });
});
