import { AresError } from '../core/ares-error.ts';
import { type Env, readEnv } from './env.ts';

/**
 * A variable that a port cannot do without.
 *
 * @param must what it must be, as in "the name of a bucket"
 * @throws AresError `ENV_INVALID` naming the variable
 */
export function requireEnv<Name extends keyof Env>(name: Name, must: string): NonNullable<Env[Name]> {
  const value = readEnv()[name];
  if (value !== undefined && value !== null) return value as NonNullable<Env[Name]>;
  throw new AresError('ENV_INVALID', `${name} must be ${must}, was not set`, { name });
}
