import type { ErrorLabel } from '../world.js';

/** What dependencies fail with; each of a world's dependencies takes the next. */
export const TRANSIENT_ERRORS: readonly [ErrorLabel, ...ErrorLabel[]] = [
  { errorClass: 'timeout', errorCode: 'ETIMEDOUT' },
  { errorClass: 'service_unavailable', errorCode: '503' },
  { errorClass: 'connection_error', errorCode: 'ECONNRESET' },
  { errorClass: 'upstream_error', errorCode: '502' },
];

/** The jobs that call each of a world's dependencies. */
export const JOB_TYPES = ['email_send', 'erp_sync', 'image_resize', 'invoice_export'] as const;
