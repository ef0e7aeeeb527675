import { all, each, type Rule } from './tree.ts';

const holdsNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));

/** CloudFormation refuses the whole template, wherever in it a null is; linters and emulators do not notice. */
export const noNulls: Rule = (tree) =>
  tree
    .filter(({ properties }) => holdsNull(properties))
    .map(({ stack, id }) => `${stack}/${id} must hold no null: what needs one is given as text`);

const named = (type: string, property: string, longest: number): Rule =>
  each(type, `have a name of at most ${longest} characters`, ({ properties }) => {
    const name: unknown = properties[property];
    return typeof name === 'string' && name.length > 0 && name.length <= longest;
  });

/** What AWS takes as a name; a longer one is refused in the middle of a deployment. */
export const namesFit: Rule = all(
  named('AWS::Lambda::Function', 'FunctionName', 64),
  named('AWS::Events::Rule', 'Name', 64),
  named('AWS::Scheduler::Schedule', 'Name', 64),
  named('AWS::Events::Archive', 'ArchiveName', 48),
  named('AWS::SQS::Queue', 'QueueName', 80),
  named('AWS::CloudWatch::Alarm', 'AlarmName', 255),
);
