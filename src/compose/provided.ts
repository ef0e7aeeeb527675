/** Ports as the modules behind `#port/…` export them: ready, or as a function that builds them when first asked. */
export type Provided<P extends object> = { readonly [Name in keyof P]: P[Name] | (() => P[Name]) };

/** Builds what is still to be built. No port is a function itself, so a function always builds one. */
export function buildPorts<P extends object>(provided: Provided<P>): P {
  const entries = Object.entries(provided) as [string, unknown][];
  return Object.fromEntries(entries.map(([name, port]) => [name, typeof port === 'function' ? port() : port])) as P;
}
