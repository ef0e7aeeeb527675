import { App } from 'aws-cdk-lib';
import { AresError } from '../src/core/ares-error.ts';
import { buildApp } from './build-app.ts';
import { loadStage } from './config.ts';
import { addNag } from './nag.ts';

const app = new App();
addNag(app);
try {
  buildApp(app, loadStage(String(app.node.tryGetContext('stage') ?? 'paper')));
} catch (error) {
  // What is wrong with a stage is for its author: a stack trace would only hide it.
  if (!(error instanceof AresError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
