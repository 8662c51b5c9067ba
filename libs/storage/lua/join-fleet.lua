-- Says that a process is there. The time is the server's: a process whose clock is wrong would take the others for gone.
--
-- KEYS[1]  sorted set: process -> when it was last heard of, in milliseconds
-- ARGV[1]  the process
-- ARGV[2]  those unheard of for so many milliseconds are gone
-- ARGV[3]  milliseconds to live untouched
-- Returns  { how many there are, the place of this one in order of their names, from 0, the server's time in milliseconds }

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now - ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local names = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(names)
for i = 1, #names do
  if names[i] == ARGV[1] then return { #names, i - 1, string.format('%.0f', now) } end
end
