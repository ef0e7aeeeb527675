import { all, each, ofType, type Rule } from './tree.ts';

interface Ingress {
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly SourceSecurityGroupId?: unknown;
  readonly SourcePrefixListId?: string;
  readonly IpProtocol: string;
}

/** From another group of the same network, by TCP: what the trader sends through the NAT instance. */
const fromInside = (rule: Ingress): boolean =>
  rule.SourceSecurityGroupId !== undefined &&
  rule.IpProtocol === 'tcp' &&
  (rule.CidrIp ?? rule.CidrIpv6 ?? rule.SourcePrefixListId) === undefined;

export const nothingComesIn: Rule = all(
  each('AWS::EC2::SecurityGroup', 'let nobody in from outside', ({ properties }) =>
    (properties.SecurityGroupIngress ?? []).every(fromInside),
  ),
  each('AWS::EC2::SecurityGroupIngress', 'let nobody in from outside', ({ properties }) => fromInside(properties)),
  (tree) =>
    ofType(tree, 'AWS::EC2::SecurityGroup')
      .filter(({ id, properties }) => !/Nat/.test(id) && (properties.SecurityGroupIngress ?? []).length > 0)
      .map(({ stack, id }) => `${stack}/${id} must let nobody in`),
);

/** Anywhere, because an exchange has no fixed addresses, but only by the ports that are needed. */
export const littleGoesOut: Rule = all(
  each(
    'AWS::EC2::SecurityGroup',
    'let out by single TCP ports',
    ({ properties }) =>
      properties.SecurityGroupEgress?.length > 0 &&
      properties.SecurityGroupEgress.every(
        (rule: { IpProtocol: string; FromPort?: number; ToPort?: number }) =>
          rule.IpProtocol === 'tcp' && rule.FromPort !== undefined && rule.FromPort === rule.ToPort,
      ),
  ),
  (tree) =>
    ofType(tree, 'AWS::EC2::SecurityGroupEgress').map(({ stack, id }) => `${stack}/${id} must stand in its group`),
);

/** CloudFormation cannot empty it, so nothing may be in it. */
export const defaultGroupIsUnused: Rule = (tree) =>
  tree
    .filter(({ properties }) => JSON.stringify(properties)?.includes('DefaultSecurityGroup'))
    .map(({ stack, id }) => `${stack}/${id} must not be in the network's default group`);

export const logsRefused: Rule = each('AWS::EC2::VPC', 'log the packets it refuses', (vpc, tree) =>
  ofType(tree, 'AWS::EC2::FlowLog').some(
    ({ properties }) => properties.ResourceId?.Ref === vpc.id && properties.TrafficType === 'REJECT',
  ),
);
