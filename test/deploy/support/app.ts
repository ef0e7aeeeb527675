import { App } from 'aws-cdk-lib';
import { buildApp } from '../../../infra/build-app.ts';
import { loadStage } from '../../../infra/config.ts';

/** The CDK app with stages and built code from where the test put them. */
const { ARES_TEST_STAGES: stages, ARES_TEST_DIST: dist } = process.env;
if (!stages || !dist) throw new Error('ARES_TEST_STAGES and ARES_TEST_DIST must name directories');

const app = new App();
buildApp(app, loadStage(String(app.node.tryGetContext('stage')), stages), {
  functionBundle: (name) => `${dist}/functions/${name}`,
  onnxruntimeLayer: (platform) => `${dist}/layers/onnxruntime-linux-${platform}`,
  trader: `${dist}/trader`,
});
