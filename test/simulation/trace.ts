/** What happened in a world, as a hash over every line and, where asked, the lines themselves. */
export interface Trace {
  /** Text is hashed as it is: it must follow from the seed alone. */
  add(time: number, text: string): void;
  /** 14 hexadecimal digits. */
  hash(): string;
  readonly lines: readonly string[];
}

/** cyrb53 (public domain, bryc): two 32-bit states, enough to tell two runs apart. */
export function createTrace(keep: boolean): Trace {
  const lines: string[] = [];
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  const mix = (code: number): void => {
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  };
  return {
    add(time, text) {
      mix(time % 4294967296);
      for (let i = 0; i < text.length; i += 1) mix(text.charCodeAt(i));
      if (keep) lines.push(`${new Date(time).toISOString().slice(5, 23)} ${text}`);
    },
    hash() {
      const x = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
      const y = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
      return (4294967296 * (2097151 & y) + (x >>> 0)).toString(16).padStart(14, '0');
    },
    lines,
  };
}
