import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AresError } from '../../src/core/ares-error.ts';
import { acknowledge } from './acknowledge.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { Holder } from './holder.ts';

export interface ExchangeKeysProps {
  /** A secret's name is this, a slash and the account. */
  readonly secretPrefix: string;
  /** Of the exchange, as slots name them. */
  readonly accounts: readonly string[];
  readonly encryption: EncryptionKey;
}

/** What stands in a new secret: whoever reads it says that a person must put the keys in. */
const PLACEHOLDER = 'REPLACE_ME';

const NO_ROTATION =
  'Keys are made at the exchange, by a person: no function could make new ones without keys that may do far more.';

/** The keys of each exchange account, put in by hand after the first deployment; later deployments leave them alone. */
export class ExchangeKeys extends Construct {
  readonly secretPrefix: string;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly #encryption: EncryptionKey;

  constructor(scope: Construct, id: string, { secretPrefix, accounts, encryption }: ExchangeKeysProps) {
    super(scope, id);
    this.secretPrefix = secretPrefix;
    this.#encryption = encryption;
    this.secrets = new Map(accounts.map((account) => [account, this.#secret(account)]));
  }

  /** One account's keys and no other's. */
  grantRead(holder: Holder, account: string): void {
    const secret = this.secrets.get(account);
    if (!secret) {
      const known = [...this.secrets.keys()];
      throw new AresError('ACCOUNT_UNKNOWN', `account must be one of ${known.join(', ')}, was "${account}"`, { known });
    }
    holder.addEnvironment('ARES_KEYS_SECRET_PREFIX', this.secretPrefix);
    holder.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    );
    this.#encryption.grantVia(holder, 'secretsmanager', 'read');
  }

  #secret(account: string): Secret {
    const secret = new Secret(this, account, {
      secretName: `${this.secretPrefix}/${account}`,
      description: `Exchange keys of account ${account}: apiKey and secret, with trading allowed and withdrawal forbidden`,
      encryptionKey: this.#encryption.key,
      secretObjectValue: {
        apiKey: SecretValue.unsafePlainText(PLACEHOLDER),
        secret: SecretValue.unsafePlainText(PLACEHOLDER),
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(secret, 'AwsSolutions-SMG4', NO_ROTATION);
    return secret;
  }
}
