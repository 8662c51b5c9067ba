import {
  describeConfigurationChannel,
  describeConfigurationMirror,
  describeFailureCounters,
  describeFleetLedger,
} from '../contract/index.js';
import { openTestRedis } from './testing/open-test-redis.js';

describeConfigurationChannel('Redis', openTestRedis);
describeConfigurationMirror('Redis', openTestRedis);
describeFailureCounters('Redis', openTestRedis);
describeFleetLedger('Redis', openTestRedis);
