-- Says of which dependencies a process has news. The time is the server's.
--
-- KEYS[1]  sorted set: dependency -> when any process last had news of it, in milliseconds
-- ARGV[1]  JSON: names
-- ARGV[2]  those without news for so many milliseconds are left out
-- ARGV[3]  how many are answered at most
-- ARGV[4]  milliseconds to live untouched
-- Returns  names, the latest first

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, name in ipairs(cjson.decode(ARGV[1])) do redis.call('ZADD', KEYS[1], string.format('%.0f', now), name) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now - ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return redis.call('ZREVRANGE', KEYS[1], 0, ARGV[3] - 1)
