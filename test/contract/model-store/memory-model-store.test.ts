import { createMemoryModelStore } from '../../support/memory-model-store.ts';
import { modelStoreContract } from './model-store-contract.ts';

modelStoreContract('The model store of the unit tests', async () => {
  const store = createMemoryModelStore();
  return { store, other: store, damage: async (hash, bytes) => store.damage(hash, bytes) };
});
