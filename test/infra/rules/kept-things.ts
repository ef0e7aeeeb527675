import { all, each, ofType, type Placed, type Rule, refersTo } from './tree.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Condition?: { readonly Bool?: Readonly<Record<string, unknown>> };
}

const refusesPlainHttp = (policy: Placed): boolean =>
  (policy.properties.PolicyDocument.Statement as readonly Statement[]).some(
    ({ Effect, Condition }) => Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
  );

const tlsOnly = (type: string, policyType: string, property: string): Rule =>
  each(type, 'refuse what is not encrypted on its way', (placed, tree) =>
    ofType(tree, policyType).some(
      (policy) =>
        policy.stack === placed.stack && refersTo(policy.properties[property], placed) && refusesPlainHttp(policy),
    ),
  );

const retained: (placed: Placed) => boolean = ({ resource }) =>
  resource.DeletionPolicy === 'Retain' && resource.UpdateReplacePolicy === 'Retain';

export const bucketsAreSafe: Rule = all(
  tlsOnly('AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'),
  each('AWS::S3::Bucket', 'be encrypted with a key of the stage', ({ properties }) => {
    const rules = properties.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
    return rules.length > 0 && rules[0].ServerSideEncryptionByDefault?.SSEAlgorithm === 'aws:kms';
  }),
  each('AWS::S3::Bucket', 'block public access', ({ properties }) => {
    const block = properties.PublicAccessBlockConfiguration ?? {};
    return ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
      (name) => block[name] === true,
    );
  }),
  each(
    'AWS::S3::Bucket',
    'keep versions',
    ({ properties }) => properties.VersioningConfiguration?.Status === 'Enabled',
  ),
  each('AWS::S3::Bucket', 'clear away unfinished uploads', ({ properties }) =>
    properties.LifecycleConfiguration?.Rules?.some(
      (rule: { Status: string; AbortIncompleteMultipartUpload?: object }) =>
        rule.Status === 'Enabled' && rule.AbortIncompleteMultipartUpload,
    ),
  ),
  each('AWS::S3::Bucket', 'outlive its stack', retained),
);

export const queuesAndTopicsAreSafe: Rule = all(
  tlsOnly('AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'),
  tlsOnly('AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'),
  each(
    'AWS::SQS::Queue',
    'be encrypted',
    ({ properties }) => properties.SqsManagedSseEnabled === true || Boolean(properties.KmsMasterKeyId),
  ),
  each('AWS::SNS::Topic', 'be encrypted', ({ properties }) => Boolean(properties.KmsMasterKeyId)),
);

export const tablesAreSafe: Rule = all(
  each(
    'AWS::DynamoDB::Table',
    'be restorable to any moment',
    ({ properties }) => properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
  ),
  each(
    'AWS::DynamoDB::Table',
    'be protected from deletion',
    ({ properties }) => properties.DeletionProtectionEnabled === true,
  ),
  each('AWS::DynamoDB::Table', 'outlive its stack', retained),
  each(
    'AWS::DynamoDB::Table',
    'be encrypted with a key of the stage',
    ({ properties }) => properties.SSESpecification?.SSEType === 'KMS' && properties.SSESpecification.KMSMasterKeyId,
  ),
);

export const secretsAndKeysAreSafe: Rule = all(
  each('AWS::SecretsManager::Secret', 'outlive its stack', retained),
  each('AWS::SecretsManager::Secret', 'be encrypted with a key of the stage', ({ properties }) =>
    Boolean(properties.KmsKeyId),
  ),
  each('AWS::KMS::Key', 'outlive its stack', retained),
  each('AWS::KMS::Key', 'change its material by itself', ({ properties }) => properties.EnableKeyRotation === true),
);
