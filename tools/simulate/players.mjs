import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { OURS_OVER_HTTP } from './arguments.mjs';

const PLAYER = join(import.meta.dirname, 'player.mjs');

/**
 * Plays all tasks, on as many processes as there are processors; a server beside each decider would be too much for them.
 *
 * @param onPlayed told the rows of each task as soon as it is played
 */
export async function playAll(tasks, onPlayed) {
  const isOverHttp = tasks.some(({ deciders }) => deciders.includes(OURS_OVER_HTTP));
  const left = [...tasks];
  const players = Array.from({ length: isOverHttp ? 1 : Math.min(availableParallelism(), tasks.length) }, async () => {
    // What could not be measured is infinite, which JSON cannot say.
    const player = fork(PLAYER, { serialization: 'advanced' });
    try {
      for (let task = left.shift(); task !== undefined; task = left.shift()) onPlayed(task, await playBy(player, task));
    } finally {
      player.kill();
    }
  });
  await Promise.all(players);
}

function playBy(player, task) {
  return new Promise((resolve, reject) => {
    const fail = (code) => reject(new Error(`the player of ${task.world}, seed ${task.seed}, ended with ${code}`));
    player.once('exit', fail);
    player.once('message', (rows) => {
      player.off('exit', fail);
      resolve(rows);
    });
    player.send(task);
  });
}
