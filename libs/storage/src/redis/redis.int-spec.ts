import { describeConfigurationChannel, describeFailureCounters } from '../contract/index.js';
import { openTestRedis } from './testing/open-test-redis.js';

describeConfigurationChannel('Redis', openTestRedis);
describeFailureCounters('Redis', openTestRedis);
