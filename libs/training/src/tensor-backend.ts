import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { enableProdMode, getBackend, setBackend, version_core, engine } from '@tensorflow/tfjs-core';

/** `tensorflow` is there only where somebody loaded `@tensorflow/tfjs-node` before. */
const BY_PREFERENCE = ['tensorflow', 'wasm', 'cpu'];

/** Makes the fastest back end that works here the current one, and answers its name and version. */
export async function chooseTensorBackend(): Promise<string> {
  // Without this the library advertises another package on stderr.
  enableProdMode();
  for (const name of BY_PREFERENCE) {
    if (engine().registryFactory[name] !== undefined && (await setBackend(name))) break;
  }
  return `tfjs ${version_core} ${getBackend()}`;
}
