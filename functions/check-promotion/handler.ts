import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { eventHandler } from '../../src/compose/event-handler.ts';
import { checkPromotion } from '../../src/core/promotion/check-promotion.ts';

export const handler = eventHandler('check-promotion', checkPromotion, { ledger, modelStore });
