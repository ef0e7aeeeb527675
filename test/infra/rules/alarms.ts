import { all, each, ofType, type Placed, type Rule } from './tree.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const DESCRIPTION = /^(?<impact>.{40,}[.]) What to do: docs\/runbook\.md#(?<section>[a-z0-9-]+)$/s;

const describe = ({ properties }: Placed): { impact?: string; section?: string } =>
  DESCRIPTION.exec(properties.AlarmDescription ?? '')?.groups ?? {};

export const sayWhatItMeans: Rule = each(
  ALARM,
  'say in a sentence what it means for the money, and name a section of the runbook',
  (alarm) => describe(alarm).section !== undefined,
);

export const leadToTheRunbook =
  (sections: ReadonlySet<string>): Rule =>
  (tree) =>
    ofType(tree, ALARM)
      .map((alarm) => ({ alarm, section: describe(alarm).section ?? 'none' }))
      .filter(({ section }) => !sections.has(section))
      .map(
        ({ alarm, section }) => `${alarm.stack}/${alarm.id} must lead to a section of the runbook, was "${section}"`,
      );

const toTheTopic = (actions: unknown): boolean => {
  const text = JSON.stringify(actions ?? []);
  return text.includes('AlertsTopic');
};

export const tellPeople: Rule = all(
  each(ALARM, 'tell people when it begins', ({ properties }) => toTheTopic(properties.AlarmActions)),
  each(ALARM, 'tell people when it ends', ({ properties }) => toTheTopic(properties.OKActions)),
  each(ALARM, 'be switched on', ({ properties }) => properties.ActionsEnabled !== false),
  each(ALARM, 'say what silence means', ({ properties }) => properties.TreatMissingData !== undefined),
);

export const haveNamesOfTheStage =
  (prefix: string): Rule =>
  (tree) => {
    const names = ofType(tree, ALARM).map(({ properties }) => String(properties.AlarmName));
    // The topic lets in alarms that begin so, and no others.
    const foreign = names.filter((name) => !name.startsWith(prefix));
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    return [
      ...foreign.map((name) => `alarm ${name} must begin with ${prefix}`),
      ...twice.map((name) => `alarm ${name} must be there once`),
    ];
  };
