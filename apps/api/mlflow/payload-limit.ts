/** Lambda takes and gives 6 MB, in which a body is text of base64: 4.5 MB, less what stands around it. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
