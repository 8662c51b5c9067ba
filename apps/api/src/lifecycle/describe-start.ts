import type { Config } from '../config.js';

const JOB = '{"job_type":"email_send","error_class":"timeout","attempt_number":1}';

/** Where the API answers, and one command to try it with. */
export function describeStart(
  origin: string,
  config: Pick<Config, 'path' | 'adminKey'>,
  { asksForKeys }: { readonly asksForKeys: boolean },
): { readonly url: string; readonly example: string } {
  const url = `${origin}${config.path === '/' ? '' : config.path}`;
  const variable = config.adminKey === undefined ? '$KEY' : '$RETRY_ADMIN_KEY';
  const key = asksForKeys ? ` -H "Authorization: Bearer ${variable}"` : '';
  return { url, example: `curl -s ${url}/recommendation${key} -H 'Content-Type: application/json' -d '${JOB}'` };
}
