/**
 * Writes everything that is generated; with --check it only says what is stale.
 *
 * npm run generate [-- --check]
 */
import './generate-handlers.ts';
import './generate-event-docs.ts';
import './generate-cli-docs.ts';
import './generate-access-docs.ts';
import './generate-feature-schema.ts';
