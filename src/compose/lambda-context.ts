/** The part of Lambda's context that handlers rely on; the function host of one machine gives the same. */
export interface LambdaContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
  /** One invocation. */
  readonly awsRequestId: string;
  /** One function instance, or one run of the function host. */
  readonly logStreamName: string;
  getRemainingTimeInMillis(): number;
}
