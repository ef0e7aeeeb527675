import type { MlflowRoute } from './route.ts';

/** The release of MLflow whose protocol is spoken. */
const MLFLOW_VERSION = '3.17.2';

const text = (content: string) => (): Promise<Response> => Promise.resolve(new Response(content));

/** What the server is; clients ask it before they have a token. */
export const serverRoutes: readonly MlflowRoute[] = [
  { method: 'GET', path: '/health', right: 'open', handle: text('OK') },
  { method: 'GET', path: '/version', right: 'open', handle: text(MLFLOW_VERSION) },
  {
    method: 'GET',
    path: '/3.0/mlflow/server-info',
    right: 'open',
    handle: (_call, { artifactStore }) => {
      const multipart = artifactStore.multipart !== undefined;
      return Promise.resolve({
        store_type: 'SqlStore',
        workspaces_enabled: false,
        trace_archival_enabled: false,
        multipart_uploads_enabled: multipart,
        multipart_downloads_enabled: false,
        presigned_upload_run_id_supported: false,
        presigned_upload_model_id_supported: false,
        features_enabled: { gateway: false },
      });
    },
  },
];
