import type { Command } from '../events/command.ts';

/** A caller's wish to change registered models; `user` is who every audit entry names. */
export interface RegistryWish extends Command {
  /** Whether the caller may decide what trades. */
  can(right: 'lifecycle'): boolean;
  /** Whether the caller may act on this slot. */
  mayUse(slot: string): boolean;
}
