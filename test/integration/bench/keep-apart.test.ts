import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { canKeepApart, keepApart } from '../../../bench/measure/keep-apart.ts';

const allowed = (pid: number): string => {
  const status = readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8');
  return /Cpus_allowed_list:\s*(\S+)/.exec(status)?.[1] ?? '';
};

it.skipIf(!canKeepApart)(
  'puts another process on the cores the event loop is not on, and gives this one its own back',
  () => {
    const before = allowed(process.pid);
    const other = spawn('sleep', ['30']);
    try {
      const together = keepApart(other.pid as number);
      const own = allowed(process.pid);
      expect(own).toMatch(/^\d+$/);
      expect(allowed(other.pid as number).split(/[,-]/)).not.toContain(own);
      together();
      expect(allowed(process.pid)).toBe(before);
    } finally {
      other.kill();
    }
  },
);
