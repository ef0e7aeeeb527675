import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/mlflow-compatibility.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `test_'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')) as [string, string]);

const stepNames = (): ReadonlySet<string> => {
  const parts = readdirSync('test/mlflow/parts').filter((file) => file.endsWith('.py'));
  const text = parts.map((file) => readFileSync(`test/mlflow/parts/${file}`, 'utf8')).join('\n');
  return new Set([...text.matchAll(/^@step\("([^"]+)"/gm)].map((match) => match[1] as string));
};

test("every one of MLflow's tests is covered, or says why not", () => {
  expect(rows.length).toBeGreaterThan(300);
  for (const [theirs, here] of rows) {
    expect(here, theirs).toMatch(/^(`.+|not offered: .+|not tried: .+)$/);
  }
});

test('every step of the session that the page names is one', () => {
  const steps = stepNames();
  const named = rows.flatMap(([, here]) => [...here.matchAll(/`([a-z -]+: [^`]+)`/g)].map((match) => match[1]));
  expect(named.length).toBeGreaterThan(300);
  expect(named.filter((name) => !steps.has(name as string))).toEqual([]);
});

test('every other test that the page names is in its file', () => {
  const named = rows.flatMap(([, here]) => [...here.matchAll(/`(test\/[^`]+\.test\.ts)` › ([^|]+?)(?:, `|$)/g)]);
  expect(named.length).toBeGreaterThan(0);
  const lost = named.filter(([, file, name]) => !readFileSync(file as string, 'utf8').includes(name as string));
  expect(lost.map(([whole]) => whole)).toEqual([]);
});
