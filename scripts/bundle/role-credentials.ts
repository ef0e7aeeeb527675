import type { Plugin } from 'esbuild';

const ELSEWHERE = /^@aws-sdk\/credential-provider-(sso|ini|process|web-identity)$/;

/** Says what the SDK's chain of providers takes for "ask the next one". */
const NEXT = `
const absent = () => async () => {
  throw Object.assign(new Error('credentials must come from the environment or the container'), { tryNextLink: true });
};
export { absent as fromSSO, absent as fromIni, absent as fromProcess, absent as fromTokenFile };
`;

/**
 * Leaves out the ways of getting AWS credentials that a developer's machine has: profiles, single sign-on, processes, token files.
 *
 * A function gets its role's through the environment, a container through its own endpoint. The others bring four more SDK clients.
 */
export const roleCredentials: Plugin = {
  name: 'role-credentials',
  setup(build) {
    build.onResolve({ filter: ELSEWHERE }, ({ path }) => ({ path, namespace: 'role-credentials' }));
    build.onLoad({ filter: /./, namespace: 'role-credentials' }, () => ({ contents: NEXT }));
  },
};
