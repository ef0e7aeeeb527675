import { hasDatabase, inspectDatabase } from '../../adapters/local/inspect-database.ts';

/** Looks at a data directory's database without opening it for work. */
export const databaseInspector = { exists: hasDatabase, inspect: inspectDatabase };
