import type { ModelAuditType } from '../../../../src/core/models/model-audit.ts';
import type { registryAudit } from '../../../../src/core/registry/registry-audit.ts';
import type { LifecycleEntry } from './lifecycle-entry.ts';

type Kind = ModelAuditType | Parameters<typeof registryAudit>[1];
type Say = (detail: (name: string) => string) => string;

const from = (text: string): string => (text && text !== 'None' ? `, was ${text}` : '');
const because = (text: string): string => (text ? `: ${text}` : '');

const words: Readonly<Record<Kind, Say>> = {
  RegisteredModelCreated: (detail) => `registered the model${detail('slot') && `, bound to ${detail('slot')}`}`,
  RegisteredModelUpdated: () => 'described the model anew',
  RegisteredModelRenamed: (detail) => `renamed ${detail('name')} to ${detail('newName')}`,
  RegisteredModelDeleted: () => 'deleted the model',
  RegisteredModelTagged: (detail) => `set the model's tag ${detail('key')} to ${detail('value')}`,
  RegisteredModelUntagged: (detail) => `took the tag ${detail('key')} from the model`,
  RegisteredModelBound: (detail) => `bound the model to ${detail('slot')}`,
  RegisteredModelUnbound: (detail) => `unbound the model from ${detail('slot')}`,
  AliasSet: (detail) =>
    `gave the alias ${detail('alias')} to version ${detail('version')}${from(detail('previous') && `version ${detail('previous')}`)}`,
  AliasDeleted: (detail) => `took the alias ${detail('alias')} away from version ${detail('version')}`,
  ModelVersionCreated: (detail) => `created version ${detail('version')}`,
  ModelVersionUpdated: (detail) => `described version ${detail('version')} anew`,
  ModelVersionDeleted: (detail) => `deleted version ${detail('version')}`,
  ModelVersionTagged: (detail) => `set version ${detail('version')}'s tag ${detail('key')} to ${detail('value')}`,
  ModelVersionUntagged: (detail) => `took the tag ${detail('key')} from version ${detail('version')}`,
  ModelVersionStaged: (detail) => `moved version ${detail('version')} to ${detail('to')}${from(detail('from'))}`,
  ModelRegistered: (detail) => `made ${detail('runId')} a candidate of ${detail('slot')}`,
  ModelPromoted: (detail) => `promoted ${detail('runId')} in ${detail('slot')}${because(detail('reason'))}`,
  ModelRolledBack: (detail) => `went back to ${detail('runId')} in ${detail('slot')}${because(detail('reason'))}`,
  ModelArchived: (detail) => `archived ${detail('runId')} in ${detail('slot')}${because(detail('reason'))}`,
  CandidateEvaluated: (detail) => `evaluated ${detail('runId')}${because(detail('reason'))}`,
  CandidateWaits: (detail) => `let ${detail('runId')} wait${because(detail('reason'))}`,
};

/** What somebody did with a model, after their name: `moved version 2 to Production, was Staging`. */
export function lifecycleText({ eventType, details, text }: LifecycleEntry): string {
  const detail = (name: string): string => {
    const value = details[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return (words as Readonly<Record<string, Say>>)[eventType]?.(detail) ?? text;
}
