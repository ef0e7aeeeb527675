import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import { MlflowError } from '../../core/tracking/mlflow-error.ts';
import { faultName, sdkFault } from './sdk-fault.ts';

/** How long the parts may take to arrive. */
const UPLOAD_SECONDS = 60 * 60;
/** What S3 answers to a caller who names an upload or parts that are not so. */
const CALLERS_FAULT = ['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML'];

function uploadFault(thrown: unknown, path: string): Error {
  if (!CALLERS_FAULT.includes(faultName(thrown))) return sdkFault(thrown, 'ARTIFACT_STORE', 'S3');
  const message = `the upload of '${path}' must exist, with parts as they were sent, in order, of 5 MiB or more but the last; S3 answered ${faultName(thrown)}`;
  return new MlflowError('INVALID_PARAMETER_VALUE', message, { path }, thrown);
}

/** Uploads in parts that the caller sends straight to S3, by signed URLs. */
export function s3ArtifactUploads(
  { client, signer }: { readonly client: S3Client; readonly signer: S3Client },
  objectOf: (path: string) => { readonly Bucket: string; readonly Key: string },
): NonNullable<ArtifactStore['multipart']> {
  return {
    async create(path, parts) {
      try {
        const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(objectOf(path)));
        const sign = async (partNumber: number) => {
          const command = new UploadPartCommand({ ...objectOf(path), UploadId, PartNumber: partNumber });
          const url = await getSignedUrl(signer, command, { expiresIn: UPLOAD_SECONDS });
          return { partNumber, url, headers: {} };
        };
        return { uploadId: UploadId, parts: await Promise.all(Array.from({ length: parts }, (_, at) => sign(at + 1))) };
      } catch (error) {
        throw uploadFault(error, path);
      }
    },

    async complete(path, uploadId, parts) {
      const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
      try {
        const upload = { ...objectOf(path), UploadId: uploadId, MultipartUpload: { Parts } };
        await client.send(new CompleteMultipartUploadCommand(upload));
      } catch (error) {
        throw uploadFault(error, path);
      }
    },

    async abort(path, uploadId) {
      try {
        await client.send(new AbortMultipartUploadCommand({ ...objectOf(path), UploadId: uploadId }));
      } catch (error) {
        throw uploadFault(error, path);
      }
    },
  };
}
