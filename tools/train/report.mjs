const MAX_FEATURES = 5;

/** What was read, and how good the model is on rows that it has not seen; a line each. */
export function writeReport(
  { lineage, metrics, importance, checksum },
  { attempts, retries, leftOut, duplicates, out },
) {
  const missing = Object.entries(leftOut).filter(([, count]) => count > 0);
  const notUsed = missing.map(([why, count]) => `${n(count)} ${why.replaceAll('_', ' ')}`);
  const moved = importance
    .toSorted((a, b) => b.share - a.share)
    .slice(0, MAX_FEATURES)
    .map(({ feature, share }) => `${feature} ${Math.round(100 * share)} %`);
  return [
    `${n(attempts)} attempts, ${n(duplicates)} duplicates; ${n(retries)} retries teach${notUsed.length === 0 ? '' : ` (not: ${notUsed.join(', ')})`}.`,
    `Trained on ${n(lineage.trainingRows)} of them by ${lineage.backend}; measured on the ${n(metrics.rows)} latest:`,
    `  AUC ${digits(metrics.auc)}, log-loss ${digits(metrics.logLoss)} (always the share of successes: ${digits(metrics.baseLogLoss)}), Brier ${digits(metrics.brier)},`,
    `  calibration error ${digits(metrics.ece)}, accuracy ${digits(metrics.accuracy)}, F1 ${digits(metrics.f1)}; ${digits(metrics.baseRate)} succeeded.`,
    `Matters most: ${moved.join(', ')}.`,
    `${out}: sha-256 ${checksum}`,
  ];
}

const n = (count) => count.toLocaleString('en-US');
const digits = (value) => value.toFixed(3);
