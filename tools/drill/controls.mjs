/**
 * A run for each invariant, in which what protects it is switched off: in the code of the APIs (`switched-off.mjs`), in
 * Postgres (`sabotage.mjs`), or by what is not there. None of these switches exists in the product.
 */
export const CONTROLS = [
  { invariant: 'lost', how: 'Postgres answers before it has written, and crashes' },
  { invariant: 'twice', how: 'Postgres forgets the keys of attempts every few milliseconds' },
  { invariant: 'guardrail', how: 'nobody looks at max_attempts and max_delay' },
  { invariant: 'emergencyStop', how: 'nobody looks at the stop' },
  { invariant: 'stale', how: 'nobody looks at the age of the configuration' },
  { invariant: 'budget', how: 'every retry finds room at once' },
  { invariant: 'training', how: 'no trainer takes the place of the one that was killed' },
  { invariant: 'audit', how: 'decisions that the store does not take are given up, and not counted' },
  { invariant: 'status', how: 'a store that is away is answered with 500' },
  { invariant: 'changes', how: 'a change is made without its entry' },
  { invariant: 'ledger', how: 'one entry is changed behind the trigger' },
];
