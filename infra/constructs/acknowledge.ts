import { Stack, Validations } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';

/** What AWS's own rules call a statement that holds for every resource. */
export const EVERY_RESOURCE = 'AwsSolutions-IAM5[Resource::*]';

/** Says why a finding of AWS's own rules is meant so; the reason stands in the report of every synthesis. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Says why a holder may reach everything below a resource of another stack, like the objects of a bucket. */
export function acknowledgeAllBelow(
  holder: object,
  of: { readonly stack: Stack; readonly arn: string; readonly below: string },
  reason: string,
): void {
  if (!Construct.isConstruct(holder)) throw new TypeError('whoever is granted something must be a construct');
  // The finding names the resource as the holder's template does: by what its stack exports.
  const reference =
    Stack.of(holder) === of.stack ? undefined : of.stack.resolve(of.stack.exportValue(of.arn))['Fn::ImportValue'];
  acknowledge(holder, `AwsSolutions-IAM5[Resource::${reference ?? of.stack.resolve(of.arn)}/${of.below}]`, reason);
}
