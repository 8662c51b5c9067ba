-- Says that a process is there.
--
-- KEYS[1]  sorted set: process -> when it was last heard of, in milliseconds
-- ARGV[1]  the process
-- ARGV[2]  now, in milliseconds
-- ARGV[3]  those heard of before this time are gone
-- ARGV[4]  milliseconds to live untouched
-- Returns  { how many there are, the place of this one in order of their names, from 0 }

redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local names = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(names)
for i = 1, #names do
  if names[i] == ARGV[1] then return { #names, i - 1 } end
end
