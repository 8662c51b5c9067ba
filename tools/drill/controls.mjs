/**
 * A run for each invariant, in which what protects it is switched off: by a client that cheats, an operator who does not do
 * what the drill believes, or a forged table. None of these switches exists in the product.
 */
export const CONTROLS = [
  { invariant: 'lost', how: 'a client takes a report for acknowledged when it is sent' },
  { invariant: 'twice', how: 'a client sends reports again under another name' },
  { invariant: 'guardrail', how: 'the operator allows more than the drill believes' },
  { invariant: 'emergencyStop', how: 'the operator stops a tenant that nobody has' },
  { invariant: 'stale', how: 'the operator allows a configuration to be stale for longer than the drill believes' },
  { invariant: 'budget', how: 'the operator allows five times the retry budget that the drill believes' },
  { invariant: 'training', how: 'no trainer takes the place of the one that was killed' },
  { invariant: 'audit', how: 'every other decision is deleted' },
  { invariant: 'status', how: 'a client reads 503 as 500' },
  { invariant: 'ledger', how: 'one entry is changed behind the trigger' },
];
