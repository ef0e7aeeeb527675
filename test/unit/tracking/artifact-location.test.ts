import { describe, expect, test } from 'vitest';
import { artifactLocation } from '../../../src/core/tracking/artifact-location.ts';

describe('where an artifact lies in the store', () => {
  test('is found from the root that the run names', () => {
    for (const root of [
      'mlflow-artifacts:/0/run/artifacts',
      'mlflow-artifacts://registry.example:8080/0/run/artifacts',
      'https://registry.example/api/2.0/mlflow-artifacts/artifacts/0/run/artifacts',
      'https://registry.example/prefix/api/2.0/mlflow-artifacts/artifacts/0/run/artifacts/',
      's3://bucket/artifacts/0/run/artifacts',
    ]) {
      expect(artifactLocation(root, 'model/MLmodel', 's3://bucket/artifacts')).toBe('0/run/artifacts/model/MLmodel');
      expect(artifactLocation(root, '', 's3://bucket/artifacts')).toBe('0/run/artifacts');
    }
  });

  test('keeps names that a URL writes otherwise', () => {
    expect(artifactLocation('mlflow-artifacts:/my experiment/ä', 'a b.txt')).toBe('my experiment/ä/a b.txt');
  });

  test('refuses artifacts that are kept elsewhere, naming where they would have to be', () => {
    for (const root of [
      's3://other/artifacts/0',
      's3://bucket/artifacts-of-others/0',
      'file:///etc',
      '/etc',
      'gs://x/y',
      'https://elsewhere/x',
    ])
      expect(() => artifactLocation(root, 'a', 's3://bucket/artifacts')).toThrow(
        /mlflow-artifacts:\/ or s3:\/\/bucket\/artifacts\//,
      );
    expect(() => artifactLocation('s3://bucket/artifacts/0')).toThrow(/must lie under mlflow-artifacts:\/ to be/);
  });

  test('refuses a way out, in the root and in the path', () => {
    for (const path of ['../other-run/artifacts/x', '%2e%2e/x', '/etc/passwd', 'a\\..\\b'])
      expect(() => artifactLocation('mlflow-artifacts:/0/run/artifacts', path)).toThrow('Invalid path');
    expect(() => artifactLocation('s3://bucket/artifacts/../x', '', 's3://bucket/artifacts')).toThrow('Invalid path');
  });
});
