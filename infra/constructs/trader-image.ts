import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../../src/compose/stage-config.ts';

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))?$/;

/**
 * The trader's image: built at the deployment, or one that stands in a registry.
 *
 * @param context the directory with `apps/trader/Dockerfile` and what it copies
 */
export function traderImage(
  scope: Construct,
  { trader, platform }: Pick<StageConfig, 'trader' | 'platform'>,
  context: string,
): ecs.ContainerImage {
  if (trader.image.from === 'asset') {
    return ecs.ContainerImage.fromAsset(context, {
      file: 'apps/trader/Dockerfile',
      platform: platform === 'arm64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    });
  }
  const { uri } = trader.image;
  const [, account, region, name, digest, tag] = ECR.exec(uri) ?? [];
  if (!account || !region || !name) return ecs.ContainerImage.fromRegistry(uri);
  // In a registry of AWS the task may not read it unless it is granted.
  const repositoryArn = `arn:aws:ecr:${region}:${account}:repository/${name}`;
  const repository = ecr.Repository.fromRepositoryAttributes(scope, 'Registry', {
    repositoryArn,
    repositoryName: name,
  });
  return ecs.ContainerImage.fromEcrRepository(repository, digest ?? tag ?? 'latest');
}
