import { ofType, type Placed, type Rule, type Tree } from './tree.ts';

/** Why a permission holds for every resource: AWS gives these actions no other. */
const EVERY_RESOURCE: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'a trace is not a resource',
  'xray:PutTelemetryRecords': 'a trace is not a resource',
  'dynamodb:ListStreams': 'a list of streams is not a resource; the event source asks for it',
  'ecr:GetAuthorizationToken': 'a token is for the whole registry',
};

/** Why a permission holds for all that begins alike. */
const ALL_BELOW: Readonly<Record<string, string>> = {
  '/models/*': 'a model is known by its hash, which nobody knows before',
  '/artifacts/*': 'whoever trains names runs and files',
};

/** Theirs to delete who made them; every other object stays. */
const DELETABLE = '/artifacts/*"]]}';

/** What nobody of Ares may do to what was recorded. */
const FORBIDDEN = ['dynamodb:DeleteTable', 's3:DeleteObject', 's3:DeleteObjectVersion', 'kms:ScheduleKeyDeletion'];

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const listed = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** What roles of the stage are allowed; policies of resources say who else may use them and are judged elsewhere. */
function allowed(tree: Tree): readonly { readonly policy: Placed; readonly statement: Statement }[] {
  const inline = ofType(tree, 'AWS::IAM::Role').flatMap((policy) =>
    (policy.properties.Policies ?? []).flatMap(({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
      PolicyDocument.Statement.map((statement) => ({ policy, statement })),
    ),
  );
  const attached = ofType(tree, 'AWS::IAM::Policy').flatMap((policy) =>
    (policy.properties.PolicyDocument.Statement as readonly Statement[]).map((statement) => ({ policy, statement })),
  );
  return [...inline, ...attached].filter(({ statement }) => statement.Effect === 'Allow');
}

const say = ({ stack, id }: Placed, what: string): string => `${stack}/${id} must not ${what}`;

export const noUnreasonedWildcards: Rule = (tree) =>
  allowed(tree).flatMap(({ policy, statement }) => {
    const actions = listed(statement.Action);
    const open = actions.filter((action) => action.includes('*'));
    const everywhere = listed(statement.Resource).includes('*')
      ? actions.filter((action) => !(action in EVERY_RESOURCE))
      : [];
    const ends = listed(statement.Resource)
      .map((resource) => /\*"?[\]}]*$/.exec(JSON.stringify(resource)) && JSON.stringify(resource))
      .filter((text) => text && text !== '"*"')
      .filter((text) => !Object.keys(ALL_BELOW).some((below) => text?.includes(below)));
    return [
      ...open.map((action) => say(policy, `allow ${action}`)),
      ...everywhere.map((action) => say(policy, `allow ${action} on every resource`)),
      ...ends.map((text) => say(policy, `allow ${actions.join()} on all of ${text}`)),
    ];
  });

const isOfArtifacts = (action: string, { Resource }: Statement): boolean =>
  action === 's3:DeleteObject' && listed(Resource).every((resource) => JSON.stringify(resource).endsWith(DELETABLE));

export const nothingForbidden: Rule = (tree) =>
  allowed(tree).flatMap(({ policy, statement }) =>
    listed(statement.Action)
      .filter((action) => FORBIDDEN.includes(action) && !isOfArtifacts(action, statement))
      .map((action) => say(policy, `allow ${action}`)),
  );

/** The audit table may be added to and read. */
export const auditIsNeverChanged: Rule = (tree) =>
  allowed(tree).flatMap(({ policy, statement }) =>
    /LedgerAudit/.test(JSON.stringify(statement.Resource))
      ? listed(statement.Action)
          .filter((action) => /^dynamodb:(Delete|Update|BatchWrite|PartiQL)/.test(action))
          .map((action) => say(policy, `allow ${action} on the audit table`))
      : [],
  );

export const noManagedPolicies: Rule = (tree) =>
  ofType(tree, 'AWS::IAM::Role')
    .filter(({ properties }) => properties.ManagedPolicyArns?.length > 0)
    .map((role) => say(role, "have a policy of AWS's, which allows more than is needed"));

/** Each would be a function with rights of its own that no table lists. */
export const noHiddenFunctions: Rule = (tree) =>
  tree
    .filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
    .map((placed) => say(placed, 'be made by a function of its own'));
