import { describeConfigurationChannel, describeFailureCounters, describeFleetLedger } from '../contract/index.js';
import { openTestRedis } from './testing/open-test-redis.js';

describeConfigurationChannel('Redis', openTestRedis);
describeFailureCounters('Redis', openTestRedis);
describeFleetLedger('Redis', openTestRedis);
