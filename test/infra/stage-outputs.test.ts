import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envOfOutputs, outputOf, slotOutputOf } from '../../src/compose/stage-outputs.ts';
import type { SlotId } from '../../src/core/models/slot.ts';

type Name = Parameters<typeof outputOf>[0];

describe('the outputs of a stage', () => {
  it('have names that CloudFormation takes, and give each variable back', () => {
    const word = fc.stringMatching(/^[A-Z]{1,8}$/);
    const variable = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `ARES_${words.join('_')}` as Name);
    fc.assert(
      fc.property(variable, fc.string(), (name, value) => {
        expect(outputOf(name)).toMatch(/^[A-Za-z0-9]+$/);
        expect(envOfOutputs({ stack: { [outputOf(name)]: value } })).toEqual({ [name]: value });
      }),
    );
  });

  const outputs = {
    'ares-paper-state': { AresStateTable: 'state', ExportsOutputRefTable: 'x' },
    'ares-paper-functions': {
      AresEventBus: 'ares-paper',
      [slotOutputOf('ARES_SLOT', 1)]: 'main:trend:BTC/USDT:1m',
      [slotOutputOf('ARES_COMMAND_QUEUE_URL', 1)]: 'https://sqs/1',
    },
  };
  const common = { ARES_STATE_TABLE: 'state', ARES_EVENT_BUS: 'ares-paper' };
  const first = { ...common, ARES_SLOT: 'main:trend:BTC/USDT:1m', ARES_COMMAND_QUEUE_URL: 'https://sqs/1' };

  it('are the environment of the only slot there is', () => {
    expect(envOfOutputs(outputs)).toEqual(first);
  });

  it('are of the slot that is named where there are more, and of none where none is', () => {
    const second = {
      [slotOutputOf('ARES_SLOT', 2)]: 'main:trend:ETH/USDT:1m',
      [slotOutputOf('ARES_COMMAND_QUEUE_URL', 2)]: 'https://sqs/2',
    };
    const both = { ...outputs, more: second };
    expect(envOfOutputs(both)).toEqual(common);
    expect(envOfOutputs(both, 'main:trend:BTC/USDT:1m' as SlotId)).toEqual(first);
    expect(envOfOutputs(both, 'main:trend:ETH/USDT:1m' as SlotId)).toMatchObject({
      ARES_COMMAND_QUEUE_URL: 'https://sqs/2',
    });
  });
});
