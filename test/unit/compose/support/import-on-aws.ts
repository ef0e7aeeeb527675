/** Imports every module it is given, and reports what each exports and whether anything reached for the network. */
import { Socket } from 'node:net';

const reached: string[] = [];
Socket.prototype.connect = function refuse(this: Socket, ...target: unknown[]): Socket {
  reached.push(JSON.stringify(target));
  return this;
};
const exported: Record<string, readonly string[]> = {};
for (const path of process.argv.slice(2)) exported[path] = Object.keys((await import(path)) as object).toSorted();
// What a module began to do by itself would begin by now.
await new Promise((resolve) => setTimeout(resolve, 100));
console.log(JSON.stringify({ exported, reached }));
process.exit(0);
