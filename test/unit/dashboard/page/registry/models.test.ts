import { describe, expect, it } from 'vitest';
import { lifecycleText } from '../../../../../apps/dashboard/page/registry/lifecycle-text.ts';
import {
  aliasesOf,
  newestVersion,
  slotOf,
  slotState,
  stageText,
} from '../../../../../apps/dashboard/page/registry/model-facts.ts';
import { problemOf } from '../../../../../apps/dashboard/page/registry/problem-of.ts';

const version = (number: string, stage: string) => ({
  name: 'btc',
  version: number,
  creation_timestamp: 1,
  current_stage: stage,
});

const model = {
  name: 'btc',
  creation_timestamp: 1,
  latest_versions: [version('9', 'None'), version('2', 'Production'), version('10', 'Staging')],
  tags: [{ key: 'ares.slot', value: 'paper#BTC/USDT' }],
  aliases: [
    { alias: 'champion', version: '2' },
    { alias: 'best', version: '2' },
    { alias: 'next', version: '10' },
  ],
};

describe('a registered model', () => {
  it('says its stages, its newest version by number, its aliases and its slot', () => {
    expect(stageText(model)).toBe('Production 2, Staging 10');
    expect(newestVersion(model)).toBe('10');
    expect(aliasesOf(model, '2')).toEqual(['champion', 'best']);
    expect(slotOf(model)).toBe('paper#BTC/USDT');
    expect(slotState({ ...version('2', 'Production'), tags: [{ key: 'model_status', value: 'production' }] })).toBe(
      'production',
    );
  });

  it('has none of them when it is new', () => {
    const fresh = { name: 'new', creation_timestamp: 1 };
    expect([stageText(fresh), newestVersion(fresh), aliasesOf(fresh, '1'), slotOf(fresh)]).toEqual([
      '',
      undefined,
      [],
      undefined,
    ]);
  });
});

describe('a lifecycle entry', () => {
  const said = (eventType: string, details: Readonly<Record<string, unknown>>): string =>
    lifecycleText({
      id: 'models#1',
      sequence: 1,
      timestamp: 1,
      eventType,
      user: 'ada',
      text: 'as it is',
      hash: '',
      details,
    });

  it('says what was done with which version', () => {
    expect(said('ModelVersionStaged', { name: 'btc', version: 2, from: 'Staging', to: 'Production' })).toBe(
      'moved version 2 to Production, was Staging',
    );
    expect(said('ModelVersionStaged', { name: 'btc', version: 1, from: 'None', to: 'Staging' })).toBe(
      'moved version 1 to Staging',
    );
    expect(said('AliasSet', { alias: 'champion', version: 2, previous: null })).toBe(
      'gave the alias champion to version 2',
    );
    expect(said('AliasSet', { alias: 'champion', version: 2, previous: 1 })).toBe(
      'gave the alias champion to version 2, was version 1',
    );
    expect(said('AliasDeleted', { alias: 'champion', version: 2 })).toBe('took the alias champion away from version 2');
    expect(said('ModelPromoted', { runId: 'r', slot: 's', reason: 'better' })).toBe('promoted r in s: better');
  });

  it('of a kind it does not know is shown as the trail has it', () => {
    expect(said('SomethingNew', {})).toBe('as it is');
  });
});

describe('an answer that is none', () => {
  it('is said in the server’s words, whichever of its two shapes they come in', () => {
    expect(problemOf(400, '{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid clause"}')).toBe(
      'Invalid clause',
    );
    expect(problemOf(403, '{"error":{"code":"HOST_REFUSED","message":"Host must be x"}}')).toBe('Host must be x');
  });

  it('without words names its status', () => {
    for (const body of ['', '<html>', 'null', '{}']) {
      expect(problemOf(502, body)).toBe('The server answered with status 502 and did not say why.');
    }
  });
});
