import type { SlotId } from '../core/models/slot.ts';
import type { Env } from './env.ts';

type EnvName = keyof Env;

/** The name of a stack's output that holds an environment variable: `ARES_STATE_TABLE` is `AresStateTable`. */
export const outputOf = (name: EnvName): string =>
  name
    .toLowerCase()
    .split('_')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('');

const envOf = (output: string): string =>
  output
    .replaceAll(/([A-Z])/g, '_$1')
    .slice(1)
    .toUpperCase();

/** What belongs to one slot is given once a slot, with the slot's number after the name: `AresSlot1`, `AresCommandQueueUrl1`. */
export const slotOutputOf = (name: 'ARES_SLOT' | 'ARES_COMMAND_QUEUE_URL', number: number): string =>
  `${outputOf(name)}${number}`;

/** What `cdk deploy --outputs-file` writes: outputs by stack. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The environment that a stage's stacks say a process needs: the command line, or the trader of a slot.
 *
 * @param slot whose trader; without one the only slot there is, or no slot
 */
export function envOfOutputs(outputs: StackOutputs, slot?: SlotId): Record<string, string> {
  const all = Object.values(outputs).flatMap((stack) => Object.entries(stack));
  const numbered = new Map<string, Record<string, string>>();
  const env: Record<string, string> = {};
  for (const [output, value] of all) {
    const [, name, number] = /^(Ares[A-Za-z]+)(\d*)$/.exec(output) ?? [];
    if (name === undefined || number === undefined) continue;
    if (number === '') env[envOf(name)] = value;
    else numbered.set(number, { ...numbered.get(number), [envOf(name)]: value });
  }
  const slots = [...numbered.values()];
  const wanted =
    slot === undefined ? (slots.length === 1 ? slots[0] : undefined) : slots.find((one) => one.ARES_SLOT === slot);
  return { ...env, ...wanted };
}
