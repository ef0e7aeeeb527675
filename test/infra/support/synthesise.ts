import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildApp, type Stacks } from '../../../infra/build-app.ts';
import type { StageConfig } from '../../../src/compose/stage-config.ts';
import { placeholderAssets } from './placeholder-assets.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Synthesised {
  readonly stacks: Stacks;
  readonly templates: Readonly<Record<keyof Stacks, StackTemplate>>;
}

const cdk = JSON.parse(readFileSync(join(import.meta.dirname, '../../../cdk.json'), 'utf8')) as {
  readonly context: Record<string, unknown>;
};

/** The whole app of a stage, as `cdk synth` makes it with the flags that the command line gives it; takes some seconds. */
export function synthesise(config: StageConfig, prepare: (app: App) => void = () => undefined): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'ares-cdk-'));
  const assets = placeholderAssets();
  try {
    const app = new App({ context: cdk.context, outdir, analyticsReporting: false });
    const stacks = buildApp(app, config, assets);
    prepare(app);
    const assembly = app.synth();
    const templates = Object.fromEntries(
      Object.entries(stacks).map(([name, stack]) => [name, assembly.getStackByName(stack.stackName).template]),
    );
    return { stacks, templates } as Synthesised;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
    assets.remove();
  }
}
