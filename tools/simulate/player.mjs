import { playWorld } from './play.mjs';

// A process that plays what it is sent, one world after another.
process.on('message', async (task) => {
  process.send(await playWorld(task));
});
