import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonEnvironment } from '../python/python-environment.ts';
import { trustCertificate } from './trust-certificate.ts';

export interface MiniStackOptions {
  /** Enforces IAM at run time; the credentials in `env` may do everything, a function's role what its policies say. */
  readonly auth?: boolean;
  /** Speaks HTTPS with a certificate of its own: with IAM enforced, policies that demand TLS refuse everything else. */
  readonly tls?: boolean;
  /** Where state is kept from one start to the next; without it, it goes when the emulator stops. */
  readonly stateDir?: string;
  /** The port of an earlier start: queue URLs hold it. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running local AWS emulator. */
export interface MiniStack {
  readonly endpoint: string;
  readonly port: number;
  /** What a process needs to talk to it. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
  /** What the emulator and the functions it ran have said. */
  logs(): string;
}

const START_TIMEOUT_MS = 60_000;
/** State is written at the end: longer than it ever takes. */
const STOP_TIMEOUT_MS = 20_000;
const HOST = '127.0.0.1';
const REGION = 'us-east-1';
const repositoryBin = join(import.meta.dirname, '../../../node_modules/.bin');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a listening socket must have a port');
  return address.port;
}

/** The emulator makes its certificate with it. */
function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0) return true;
  const lack = 'The AWS emulator needs openssl to speak HTTPS: there is no "openssl" in PATH';
  if (process.env.CI === 'true') throw new Error(lack);
  console.warn(lack);
  return false;
}

async function isHealthy(endpoint: string, certificate: string | undefined): Promise<boolean> {
  try {
    if (certificate) trustCertificate(certificate);
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function waitUntilHealthy(
  endpoint: string,
  certificate: string | undefined,
  emulator: ChildProcess,
  output: () => string,
): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    if (emulator.exitCode !== null)
      throw new Error(`the AWS emulator must keep running, ended with ${emulator.exitCode}: ${output()}`);
    if (await isHealthy(endpoint, certificate)) return;
  }
  throw new Error(`the AWS emulator must answer within ${START_TIMEOUT_MS} ms, did not: ${output()}`);
}

/**
 * Starts the local AWS emulator on a free port of the loopback interface; functions run as processes under the repository's Node.
 *
 * Without Python, or openssl for HTTPS, it says what is missing and returns `undefined`, so that the suite can be skipped; where CI is "true" it throws instead.
 */
export async function startMiniStack(options: MiniStackOptions = {}): Promise<MiniStack | undefined> {
  const python = pythonEnvironment(join(import.meta.dirname, 'requirements.txt'));
  if (!python || (options.tls && !hasOpenssl())) return undefined;
  const port = options.port ?? (await freePort());
  const endpoint = `${options.tls ? 'https' : 'http'}://${HOST}:${port}`;
  const directory = options.stateDir ?? mkdtempSync(join(tmpdir(), 'ares-ministack-'));
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // The emulator runs a CommonJS script beside each function; a package.json further up must not make a module of it.
  writeFileSync(join(temporary, 'package.json'), '{"type":"commonjs"}');
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  // The functions inherit this environment: nothing of the test run's own goes in.
  const environment = {
    PATH: [repositoryBin, process.env.PATH ?? ''].join(delimiter),
    HOME: process.env.HOME ?? directory,
    TMPDIR: temporary,
    BIND_HOST: HOST,
    MINISTACK_HOST: HOST,
    GATEWAY_PORT: String(port),
    LAMBDA_EXECUTOR: 'local',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    AUTH: String(options.auth ?? false),
    USE_SSL: options.tls ? '1' : '0',
    PERSIST_STATE: options.stateDir ? '1' : '0',
    STATE_DIR: join(directory, 'state'),
    S3_PERSIST: options.stateDir ? '1' : '0',
    S3_DATA_DIR: join(directory, 's3'),
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    ...credentials,
    ...options.env,
  };
  // A group of its own, so that the functions' processes end with it.
  const emulator = spawn(python, [join(import.meta.dirname, 'launcher.py')], { env: environment, detached: true });
  let output = '';
  for (const stream of [emulator.stdout, emulator.stderr])
    stream.on('data', (text) => (output = `${output}${text}`.slice(-4_000_000)));
  const ended = new Promise<void>((resolve) => emulator.once('close', () => resolve()));
  const killGroup = (): void => {
    try {
      if (emulator.pid !== undefined) process.kill(-emulator.pid, 'SIGKILL');
    } catch {
      // It had ended, and everything it started.
    }
  };
  process.once('exit', killGroup);
  async function stop(): Promise<void> {
    emulator.kill('SIGTERM');
    await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    killGroup();
    await ended;
    process.off('exit', killGroup);
    if (!options.stateDir) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
  const certificate = options.tls ? join(temporary, 'ministack-tls', 'server.crt') : undefined;
  try {
    await waitUntilHealthy(endpoint, certificate, emulator, () => output.slice(-4_000));
  } catch (error) {
    await stop();
    throw error;
  }
  const region = { AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION, AWS_EC2_METADATA_DISABLED: 'true' };
  const env: Record<string, string> = { AWS_ENDPOINT_URL: endpoint, ...credentials, ...region };
  // Node reads the first, the CDK's command line the second.
  if (certificate) Object.assign(env, { NODE_EXTRA_CA_CERTS: certificate, AWS_CA_BUNDLE: certificate });
  return { endpoint, port, env, stop, logs: () => output };
}
