import { Fn, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../../src/compose/stage-config.ts';
import { egressPorts } from './egress-ports.ts';
import { natInstanceProvider, openNatInstance } from './nat-instance.ts';

/** A network that lets the trader out and nobody in. */
export class EgressNetwork extends Construct {
  readonly vpc: ec2.Vpc;
  /** What the trader runs in. */
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.SecurityGroup;
  /** Whether a task needs a public address of its own. */
  readonly assignPublicIp: boolean;
  /** The address that an exchange sees, where it lasts. */
  readonly address: string | undefined;
  /** The NAT instance that all traffic goes through, where there is one. */
  readonly natInstance: ec2.Instance | undefined;
  /** What must be there before anybody goes out by that instance: until then it has another address, which an exchange may refuse. */
  readonly addressAttached: ec2.CfnEIPAssociation | undefined;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    const { egress, exchange } = props.stage;
    const ports = egressPorts(exchange);
    const instances = egress.kind === 'static' && egress.nat === 'instance' ? natInstanceProvider() : undefined;
    const gatewayAddress =
      egress.kind === 'static' && egress.nat === 'gateway'
        ? new ec2.CfnEIP(this, 'GatewayAddress', { domain: 'vpc' })
        : undefined;
    const outside = { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 } as const;
    const behindNat = { name: 'trader', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 } as const;
    this.assignPublicIp = egress.kind === 'public';
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'),
      // Named without a look-up, so that a stage is synthesised without credentials and the same everywhere.
      availabilityZones: [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())],
      subnetConfiguration: this.assignPublicIp ? [outside] : [outside, behindNat],
      natGateways: this.assignPublicIp ? 0 : 1,
      natGatewayProvider:
        instances ??
        (gatewayAddress && ec2.NatProvider.gateway({ eipAllocationIds: [gatewayAddress.attrAllocationId] })),
      // Nothing is ever in the default group, and emptying it would take a function with rights over all security groups.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        s3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        dynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    this.subnets = {
      subnetType: this.assignPublicIp ? ec2.SubnetType.PUBLIC : ec2.SubnetType.PRIVATE_WITH_EGRESS,
    };
    this.securityGroup = new ec2.SecurityGroup(this, 'Trader', {
      vpc: this.vpc,
      description: 'The trader: out to AWS and the exchange, nothing in',
      allowAllOutbound: false,
    });
    // The network's own name server needs no rule: security groups do not apply to it.
    for (const port of ports)
      this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), `out by ${port}`);
    const nat = instances && openNatInstance(this, { provider: instances, from: this.securityGroup, ports });
    this.natInstance = nat?.instance;
    this.addressAttached = nat?.attached;
    this.address = (gatewayAddress ?? nat?.address)?.attrPublicIp;
    this.logRejected();
  }

  /** Refused packets only: what the trader tried to reach and may not. All traffic would cost more to keep than the trader costs to run. */
  private logRejected(): void {
    const logGroup = new logs.LogGroup(this, 'Rejected', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('RejectedTraffic', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
  }
}
