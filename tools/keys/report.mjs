/** What was made, for people; the key itself is printed apart. */
export function describeIssued({ key, replaced }) {
  const tenant = key.tenant === null ? 'all tenants' : `tenant ${key.tenant}`;
  const end = key.expires_at === null ? 'until it is revoked' : `until ${key.expires_at}`;
  const lines = [`${key.name}: ${key.scopes.join(', ')} for ${tenant}, ${end}. Its selector is ${key.selector}.`];
  if (replaced !== undefined) lines.push(`The key ${replaced.selector} is good until ${replaced.revoked_at}.`);
  return [...lines, 'This is the key. It is shown this once, and kept nowhere:'].join('\n');
}

export function describeEnd({ selector, name, revoked_at: revokedAt }) {
  return `The key ${selector} (${name}) is refused since ${revokedAt}.`;
}

export function describeList(keys) {
  if (keys.length === 0) return 'There are no keys.';
  const rows = keys.map((key) => [
    key.selector,
    key.name,
    key.scopes.join(','),
    key.tenant ?? '',
    key.state,
    key.revoked_at ?? key.expires_at ?? '',
    key.last_used_at ?? '',
  ]);
  const table = [['selector', 'name', 'scopes', 'tenant', 'state', 'ends', 'last used'], ...rows];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
