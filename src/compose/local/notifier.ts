import { createLogNotifier } from '../../adapters/local/log-notifier.ts';
import type { Notifier } from '../../core/ports/notifier.ts';
import { log } from './log.ts';

let built: Notifier | undefined;

export const notifier = (): Notifier => {
  built ??= createLogNotifier(log());
  return built;
};
