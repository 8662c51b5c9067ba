/**
 * A run for each invariant, in which what protects it is switched off: in Postgres, by an operator who does not do what the
 * drill believes, by a client that cheats, or by a forged table. None of these switches exists in the product.
 */
export const CONTROLS = [
  { invariant: 'lost', how: 'Postgres answers before it has written, and crashes' },
  { invariant: 'twice', how: 'Postgres forgets the keys of attempts every few milliseconds' },
  { invariant: 'guardrail', how: 'the operator allows more than the drill believes' },
  { invariant: 'emergencyStop', how: 'the operator stops a tenant that nobody has' },
  { invariant: 'stale', how: 'the operator allows a configuration to be stale for longer than the drill believes' },
  { invariant: 'budget', how: 'the operator allows five times the retry budget that the drill believes' },
  { invariant: 'training', how: 'no trainer takes the place of the one that was killed' },
  { invariant: 'audit', how: 'every other decision is deleted' },
  { invariant: 'status', how: 'a client reads 503 as 500' },
  { invariant: 'changes', how: 'the operator believes in a change that was never sent' },
  { invariant: 'ledger', how: 'one entry is changed behind the trigger' },
];
