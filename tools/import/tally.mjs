const MAX_REFUSED_NAMED = 20;

/** What became of the lines of an import. */
export function createTally() {
  const counts = { recorded: 0, duplicates: 0, skipped: 0, refused: 0 };
  const refused = [];
  const refuse = (refusal) => {
    counts.refused++;
    refused.push(refusal);
    // Batches do not follow the order of the lines: the first lines of all are kept.
    refused.sort((a, b) => a.line - b.line);
    refused.length = Math.min(refused.length, MAX_REFUSED_NAMED);
  };
  return {
    counts,
    refused,
    refuse,
    get lines() {
      return Object.values(counts).reduce((sum, n) => sum + n, 0);
    },
    count(line, result) {
      if (result.status === 'error') {
        const { path, message } = result.fields?.[0] ?? { path: '', message: result.details };
        refuse({ line, path, message });
      } else if (result.status === 'skipped') counts.skipped++;
      else if (result.duplicate) counts.duplicates++;
      else counts.recorded++;
    },
  };
}
