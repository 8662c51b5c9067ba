// Before each spec file: the Redis server of the worker that runs it, of those that `npm test` has started.
const addresses = process.env.TEST_REDIS_ADDRS?.split(',') ?? [];
const address = addresses[Number(process.env.JEST_WORKER_ID) - 1];
if (address !== undefined) process.env.TEST_REDIS_ADDR = address;
