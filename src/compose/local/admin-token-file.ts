import { join, resolve } from 'node:path';
import { createAdminTokenFile } from '../../adapters/local/admin-token-file.ts';
import type { AdminTokenFile } from '../../core/ports/admin-token-file.ts';
import { readEnv } from '../env.ts';

export const adminTokenFile = (): AdminTokenFile =>
  createAdminTokenFile(join(resolve(readEnv().ARES_DATA_DIR), 'admin-token'));
