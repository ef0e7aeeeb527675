import type { Right } from './right.ts';

export const ROLES = ['viewer', 'trainer', 'operator', 'admin'] as const;

/** What a token is for. */
export type Role = (typeof ROLES)[number];

/** Whoever trains does not decide what trades, and whoever decides does not train; an admin may do both. */
export const RIGHTS_OF_ROLE: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['open', 'read'],
  trainer: ['open', 'read', 'track', 'register', 'label'],
  operator: ['open', 'read', 'label', 'lifecycle'],
  admin: ['open', 'read', 'track', 'register', 'label', 'lifecycle'],
};
