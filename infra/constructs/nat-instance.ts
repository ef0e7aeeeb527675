import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

const ACKNOWLEDGED = [
  {
    id: 'AwsSolutions-EC28',
    reason: 'Its alarm needs the status checks only, and these come every minute without detailed monitoring.',
  },
  {
    id: 'AwsSolutions-EC29',
    reason:
      'It holds no data, and protected it could not be replaced by a newer image. When it fails, its alarm tells.',
  },
];

/** Its address changes once while it starts, which may break a download: it is tried until it works. */
const START = [
  'until dnf install -y iptables-services; do sleep 5; done',
  'echo "net.ipv4.ip_forward=1" > /etc/sysctl.d/90-nat.conf',
  'sysctl -p /etc/sysctl.d/90-nat.conf',
  'systemctl enable --now iptables',
  'iptables -F FORWARD',
  "iptables -t nat -A POSTROUTING -o $(ip -4 route show default | awk '{ print $5; exit }') -j MASQUERADE",
  'service iptables save',
];

/** What makes the smallest NAT: one arm64 instance of the current Amazon Linux, without keys or a way in. */
export function natInstanceProvider(): ec2.NatInstanceProviderV2 {
  const userData = ec2.UserData.forLinux();
  userData.addCommands(...START);
  return ec2.NatProvider.instanceV2({
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.NANO),
    machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
    // A burst beyond its credits is slowed down, not paid for.
    creditSpecification: ec2.CpuCredits.STANDARD,
    defaultAllowedTraffic: ec2.NatTrafficDirection.NONE,
    // It must reach the package repository before its lasting address is attached.
    associatePublicIpAddress: true,
    userData,
  });
}

/** Gives the instance a lasting address and lets it pass on the ports from one security group, and nothing else. */
export function openNatInstance(
  scope: Construct,
  of: {
    readonly provider: ec2.NatInstanceProviderV2;
    readonly from: ec2.ISecurityGroup;
    readonly ports: readonly number[];
  },
): { readonly instance: ec2.Instance; readonly address: ec2.CfnEIP; readonly attached: ec2.CfnEIPAssociation } {
  const instance = of.provider.gatewayInstances[0];
  if (!instance) throw new Error('the network must have one NAT instance, has none');
  const resource = instance.instance;
  resource.blockDeviceMappings = [{ deviceName: '/dev/xvda', ebs: { encrypted: true, volumeType: 'gp3' } }];
  resource.metadataOptions = { httpTokens: 'required', httpEndpoint: 'enabled', httpPutResponseHopLimit: 1 };
  const { securityGroup } = of.provider;
  const trader = ec2.Peer.securityGroupId(of.from.securityGroupId);
  for (const port of of.ports)
    securityGroup.addIngressRule(trader, ec2.Port.tcp(port), `what the trader sends by ${port}`);
  // It installs its packages by 80 or 443, depending on the mirror.
  for (const port of new Set([80, ...of.ports])) {
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), `out by ${port}`);
  }
  const address = new ec2.CfnEIP(scope, 'Address', { domain: 'vpc' });
  const attached = new ec2.CfnEIPAssociation(scope, 'AddressOfNat', {
    allocationId: address.attrAllocationId,
    instanceId: instance.instanceId,
  });
  Validations.of(resource).acknowledge(...ACKNOWLEDGED);
  return { instance, address, attached };
}
