import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const jars = join(import.meta.dirname, '../../../.cache/dynamodb-local');
const START_TIMEOUT_MS = 60_000;

const runs = (command: string, argument: string) => spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;

/** One line saying what this machine lacks, `undefined` when DynamoDB Local can start. */
function missing(): string | undefined {
  if (!runs('java', '-version'))
    return 'DynamoDB Local needs Java 17 or newer: there is no "java" in PATH (Debian: apt-get install default-jre-headless)';
  if (!existsSync(jars) && !runs('mvn', '-version')) {
    return 'DynamoDB Local is fetched with Maven: there is no "mvn" in PATH (Debian: apt-get install maven)';
  }
  return undefined;
}

/** The jars get their final name only when all of them have arrived. */
function fetchJars(): void {
  if (existsSync(jars)) return;
  const partial = `${jars}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const pom = join(import.meta.dirname, 'pom.xml');
  const fetched = spawnSync(
    'mvn',
    ['--batch-mode', '--quiet', '--file', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`],
    { encoding: 'utf8' },
  );
  if (fetched.status !== 0)
    throw new Error(`Maven must fetch DynamoDB Local, failed: ${fetched.stdout}${fetched.stderr}`);
  // Test files run side by side: whoever is first wins, and nobody takes jars away from a running one.
  if (existsSync(jars)) rmSync(partial, { recursive: true });
  else renameSync(partial, jars);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a listening socket must have a port');
  return address.port;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}

async function waitUntilReady(endpoint: string, java: ChildProcess, output: () => string): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    if (java.exitCode !== null)
      throw new Error(`DynamoDB Local must keep running, ended with ${java.exitCode}: ${output()}`);
    if (await answers(endpoint)) return;
  }
  throw new Error(`DynamoDB Local must answer within ${START_TIMEOUT_MS} ms, did not: ${output()}`);
}

/**
 * Starts DynamoDB Local in memory on a free port of the loopback interface.
 *
 * Without Java or Maven it says what is missing and returns `undefined`, so that the suite can be skipped; where CI is "true" it throws instead.
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal | undefined> {
  const lack = missing();
  if (lack) {
    if (process.env.CI === 'true') throw new Error(lack);
    console.warn(lack);
    return undefined;
  }
  fetchJars();
  const port = await freePort();
  const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
  const classPath = ['-cp', join(jars, '*'), main];
  const java = spawn('java', [
    `-Djava.library.path=${jars}`,
    ...classPath,
    '-inMemory',
    '-disableTelemetry',
    '-port',
    String(port),
  ]);
  let output = '';
  for (const stream of [java.stdout, java.stderr])
    stream.on('data', (text) => (output = `${output}${text}`.slice(-4_000)));
  const kill = () => void java.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(endpoint, java, () => output);
  } catch (error) {
    kill();
    throw error;
  }
  return {
    endpoint,
    async stop() {
      process.off('exit', kill);
      if (java.exitCode !== null) return;
      const ended = new Promise((resolve) => java.once('exit', resolve));
      kill();
      await ended;
    },
  };
}
