import {
  describeConfigurationChannel,
  describeConfigurationMirror,
  describeFailureCounters,
} from '../contract/index.js';
import { openTestRedis } from './testing/open-test-redis.js';

describeConfigurationChannel('Redis', openTestRedis);
describeConfigurationMirror('Redis', openTestRedis);
describeFailureCounters('Redis', openTestRedis);
