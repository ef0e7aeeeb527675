import { artifactStore } from '#port/artifact-store';
import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { signatureReader as predictorLoader } from '#port/signature-reader';
import { deployedRegistry } from '../../apps/api/deployed-registry.ts';
import { httpHandler } from '../../src/compose/http-handler.ts';

const ports = { artifactStore, ledger, modelStore, predictorLoader };

export const handler = httpHandler('serve-registry', deployedRegistry, ports);
