/** Text as MLflow's filter grammar takes it; it has no escapes, only two kinds of quotes. */
export const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);
