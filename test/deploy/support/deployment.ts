import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { StackOutputs } from '../../../src/compose/stage-outputs.ts';
import { type ExchangeProcess, startExchangeProcess } from '../../support/exchange-process.ts';
import { type MiniStack, startMiniStack } from '../../support/ministack/start-ministack.ts';
import { writeRecentCandles } from './recent-candles.ts';
import { runProgram } from './run-program.ts';
import { platform, testStage } from './test-stage.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
/** Bars of history before the market goes on; features need some hundred. */
const HISTORY = 2_000;
/** The market starts so many bars before the present: the analyst reads a thousand, and half of them are history that features need. */
const BEHIND = 450;

export interface Deployment {
  readonly directory: string;
  /** Where the built code lies. */
  readonly dist: string;
  readonly exchange: ExchangeProcess;
  aws(): MiniStack;
  cdk(...args: readonly string[]): Promise<string>;
  /** Deploys all stacks of the stage, and resolves with what they say of themselves. */
  deploy(): Promise<StackOutputs>;
  /** The next deployment runs the trader from another image. */
  nameImage(uri: string): void;
  /** Runs a command of Ares over the deployed stage, as its operator does; resolves with what it answers as JSON. */
  ares(...args: readonly string[]): Promise<unknown>;
  /** Stops the emulator, and starts it again with what it held and with IAM enforced. */
  enforceIam(): Promise<void>;
  /** As the guide tells the operator to, once the stage is deployed. */
  putExchangeKeys(prefix: string): Promise<void>;
  end(): Promise<void>;
}

/** The clients of this process find the emulator as every other process does: through the environment. */
const use = ({ env }: MiniStack): void => void Object.assign(process.env, env);

/** An empty account, an exchange whose market is of today, and the code built for this machine; `undefined` where the emulator cannot run. */
export async function openDeployment(): Promise<Deployment | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'ares-deploy-'));
  const emulator = { stateDir: join(directory, 'aws'), tls: true };
  let aws = await startMiniStack(emulator);
  if (!aws) return undefined;
  use(aws);

  const dist = join(directory, 'dist');
  const build = ['scripts/bundle.ts', '--platform', platform(), '--out', dist];
  const built = spawnSync(process.execPath, build, { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the bundles must be built, were not: ${built.stdout}${built.stderr}`);

  const candles = writeRecentCandles(join(directory, 'candles.csv'), HISTORY + 20_000, HISTORY, BEHIND);
  const exchange = await startExchangeProcess({ directory, candles, liveFrom: HISTORY, keep: true });
  const stages = join(directory, 'stages');
  mkdirSync(stages);
  const nameImage = (uri: string): void =>
    writeFileSync(join(stages, 'test.json'), JSON.stringify(testStage(exchange.url, uri)));
  nameImage('registry.example.com/ares-trader:first');

  const stop = async (): Promise<void> => void (await aws?.stop());
  const running = (): MiniStack => {
    if (!aws) throw new Error('the AWS emulator must run, does not');
    return aws;
  };
  const outputs = join(directory, 'outputs.json');
  const cdk = (...args: readonly string[]): Promise<string> => {
    // The code is built already, and by a test's own app nothing else would be.
    const app = ['--app', 'node test/deploy/support/app.ts', '--build', 'true', '--context', 'stage=test'];
    const env = { ...running().env, ARES_TEST_STAGES: stages, ARES_TEST_DIST: dist };
    return runProgram(
      'npx',
      ['--no-install', 'cdk', '--no-notices', ...app, '--output', join(directory, 'cdk.out'), ...args],
      env,
    );
  };
  return {
    directory,
    dist,
    exchange,
    aws: running,
    cdk,
    nameImage,
    async deploy() {
      await cdk('deploy', '--all', '--require-approval', 'never', '--outputs-file', outputs);
      return JSON.parse(readFileSync(outputs, 'utf8')) as StackOutputs;
    },
    async ares(...args) {
      const env = { ...running().env, ARES_OUTPUTS: outputs };
      return JSON.parse(await runProgram('./ares', ['--stage', 'test', '--json', ...args], env));
    },
    async enforceIam() {
      const { port } = running();
      await stop();
      aws = await startMiniStack({ ...emulator, port, auth: true });
      use(running());
    },
    async putExchangeKeys(prefix) {
      const SecretString = JSON.stringify({ apiKey: 'key-of-the-test', secret: 'secret-of-the-test' });
      await new SecretsManagerClient().send(new PutSecretValueCommand({ SecretId: `${prefix}/main`, SecretString }));
    },
    async end() {
      exchange.process().kill('SIGKILL');
      await exchange.process().ended;
      await stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
