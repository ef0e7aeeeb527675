import { describe, expect, it } from 'vitest';
import { askStage } from '../../../apps/cli/init/ask-stage.ts';
import type { Asker } from '../../../apps/cli/init/asker.ts';
import { missingOptions, stageDraft } from '../../../apps/cli/init/stage-answers.ts';
import { parseStageConfig } from '../../../src/compose/stage-config.ts';

/** Answers what is proposed, unless it knows better; insists until a wrong answer is refused. */
function person(answers: Readonly<Record<string, string | boolean>> = {}) {
  const asked: string[] = [];
  const refused: string[] = [];
  const known = (message: string) => Object.entries(answers).find(([part]) => message.includes(part))?.[1];
  const asker: Asker = {
    async text(message, check, proposed) {
      asked.push(message);
      const wish = known(message);
      const answer = String(wish ?? proposed ?? '');
      const said = check(answer);
      if (said === true) return answer;
      refused.push(said);
      if (proposed !== undefined && check(proposed) === true) return proposed;
      throw new Error(`${message}: ${said}`);
    },
    async choice(message, choices, proposed) {
      asked.push(message);
      const answer = String(known(message) ?? proposed);
      if (answer in choices) return answer;
      throw new Error(`${message} offers no ${answer}`);
    },
    async yes(message, proposed) {
      asked.push(message);
      return Boolean(known(message) ?? proposed);
    },
  };
  return { asker, asked, refused };
}

const LIVE = {
  'What it trades on': 'live',
  'Name of the stage': 'live',
  'as account:strategy': 'main:trend:BTC/USDT:1m main:trend:ETH/USDT:1m',
  'What a slot may use': '2000',
  'Largest order': '500',
  'Largest position': '1500',
  "a day's equity": '0.03',
  'the highest equity': '0.1',
  'Who is told': 'desk@example.com, night@example.com',
};

describe('asking for a stage', () => {
  it('needs no more than the proposed answers for a paper stage that can be deployed', async () => {
    const { asker, asked } = person();
    const stage = parseStageConfig(stageDraft(await askStage({}, asker)), 'here');
    expect(stage).toMatchObject({ stage: 'paper', mode: 'paper', egress: { kind: 'public' }, alerts: { emails: [] } });
    expect(asked.length).toBeLessThan(16);
  });

  it('gets everything that a live stage must have', async () => {
    const { asker, refused } = person(LIVE);
    const answers = await askStage({}, asker);
    expect(refused).toEqual([]);
    expect(missingOptions(answers)).toEqual([]);
    expect(parseStageConfig(stageDraft(answers), 'here')).toMatchObject({
      mode: 'live',
      exchange: { id: 'binance' },
      slots: [{ symbol: 'BTC/USDT' }, { symbol: 'ETH/USDT' }],
      limits: { quoteBudget: '2000', maxOrderNotional: '500', maxPositionNotional: '1500', dailyLossFraction: 0.03 },
      alerts: { emails: ['desk@example.com', 'night@example.com'] },
      egress: { kind: 'static', nat: 'instance' },
    });
  });

  it.each([
    'What a slot may use',
    'Largest order',
    'Largest position',
    "a day's equity",
    'the highest equity',
    'Who is told',
  ])('proposes nothing in mode live where it asks: %s', async (question) => {
    const { [question as keyof typeof LIVE]: _, ...rest } = LIVE;
    await expect(askStage({}, person(rest).asker)).rejects.toThrow(/must be /);
  });

  it('lets nobody trade live on a public address without saying so', async () => {
    const publicly = { ...LIVE, 'reaches the exchange': 'public' };
    const refused = stageDraft(await askStage({}, person(publicly).asker));
    expect(() => parseStageConfig(refused, 'here')).toThrow(/egress\.acknowledgement must be /);
    const accepted = stageDraft(await askStage({}, person({ ...publicly, Accept: true }).asker));
    expect(parseStageConfig(accepted, 'here').egress).toMatchObject({ kind: 'public' });
  });

  it('does not ask what it was told', async () => {
    const { asker, asked } = person();
    const answers = await askStage({ stage: 'mine', region: 'us-east-1', trade: ['a:b:ETH/EUR:5m'] }, asker);
    expect(answers).toMatchObject({ stage: 'mine', region: 'us-east-1', trade: ['a:b:ETH/EUR:5m'] });
    expect(asked.join()).not.toMatch(/Name of the stage|region|as account:strategy/);
  });

  it('says at once what is wrong with an answer, and asks again', async () => {
    const { asker, refused } = person({
      'AWS region': 'Frankfurt',
      'Largest order': 'all',
      'as account:strategy': 'BTC',
    });
    await askStage({}, asker);
    expect(refused).toEqual([
      'must be a region, like "eu-central-1"',
      expect.stringContaining('slot must be like'),
      'must be a decimal number above 0 as text, like "1000"',
    ]);
  });

  it('takes no name that is taken', async () => {
    const { asker } = person({ 'Name of the stage': 'paper' });
    await expect(askStage({}, asker, (name) => name === 'paper')).rejects.toThrow(/"paper" is there/);
  });
});
