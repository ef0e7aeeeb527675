import type { DeadLetters } from '../../core/ports/deliveries.ts';
import { eventBus } from './event-bus.ts';

export const deadLetters = (): DeadLetters => eventBus();
