import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Env } from '../../src/compose/env.ts';

export type EnvName = keyof Env;

/** Whoever is granted something: gets the permission and the environment variable together. */
export interface Holder extends iam.IGrantable {
  addEnvironment(name: EnvName, value: string): void;
}
