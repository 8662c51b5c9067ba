/** Where the command was asked for help: tells how it is meant, and ends the process. */
export function answerHelp(args, usage) {
  if (!args.includes('--help')) return;
  console.log(usage);
  process.exit(0);
}

/** What `parse` makes of the words of a command; where it refuses them, the process ends with how they are meant, and 2. */
export function readCommandLine(args, { parse, usage }) {
  answerHelp(args, usage);
  try {
    return parse(args);
  } catch (error) {
    console.error(error.message);
    if (error.message !== usage) console.error(usage);
    process.exit(2);
  }
}
