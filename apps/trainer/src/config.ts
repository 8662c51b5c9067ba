import type { FieldProblem } from '@smart-retry/domain';
import { readConfigFile, readSettings, type Environment, type SettingValues } from '@smart-retry/settings';

/** What the trainer is told before it starts: the settings of all apps, of which it reads its own. */
export type TrainerConfig = SettingValues;

/** Reads environment and file as the API does, and reports every problem at once. */
export async function loadTrainerConfig(
  env: Environment,
): Promise<{ readonly config: TrainerConfig } | { readonly problems: readonly FieldProblem[] }> {
  const { file, problems: fileProblems } = await readConfigFile(env);
  const { values, problems: settingProblems } = readSettings(env, file);
  const problems = [...fileProblems, ...settingProblems];
  return problems.length > 0 ? { problems } : { config: values };
}
