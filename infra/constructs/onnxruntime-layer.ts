import { RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../../src/compose/stage-config.ts';

const ARCHITECTURE = { arm64: lambda.Architecture.ARM_64, x64: lambda.Architecture.X86_64 } as const;

/** What functions, layer and trader of a stage run on. */
export const architectureOf = ({ platform }: Pick<StageConfig, 'platform'>): lambda.Architecture =>
  ARCHITECTURE[platform];

/** The native inference runtime for one platform. */
export class OnnxruntimeLayer extends Construct {
  readonly layer: lambda.LayerVersion;

  constructor(scope: Construct, id: string, props: { readonly directory: string; readonly config: StageConfig }) {
    super(scope, id);
    this.layer = new lambda.LayerVersion(this, 'Layer', {
      description: `onnxruntime-node for ${props.config.platform}`,
      code: lambda.Code.fromAsset(props.directory),
      compatibleArchitectures: [architectureOf(props.config)],
      compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
