import { findDebianProgram } from './debian-program.mjs';

/** `promtool`, which checks rules as Prometheus reads them. */
export function findPromtoolProgram() {
  return findDebianProgram({ name: 'promtool', packageName: 'prometheus', needsNothing: true });
}
