-- Says that the store is at a revision of the configuration, and keeps the copy as the store is.
--
-- KEYS[1]  hash: revision, changed_at_ms, confirmed_at_ms, body
-- ARGV[1]  revision that the store is at
-- ARGV[2]  when that revision was made, milliseconds: tells it from the same number of another history
-- ARGV[3]  milliseconds for which a newer revision counts as the store's, though this caller does not know it yet
-- ARGV[4]  the configuration as JSON; empty on the first call, as it is nearly always there already
-- Returns  'wanted' when the copy is another one and ARGV[4] is empty, else 'kept'

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local copy = redis.call('HMGET', KEYS[1], 'revision', 'changed_at_ms', 'confirmed_at_ms')
if copy[1] == ARGV[1] and copy[2] == ARGV[2] then
  redis.call('HSET', KEYS[1], 'confirmed_at_ms', string.format('%.0f', now))
  return 'kept'
end
if copy[1] and tonumber(copy[1]) > tonumber(ARGV[1]) and now - tonumber(copy[3]) < tonumber(ARGV[3]) then
  return 'kept'
end
if ARGV[4] == '' then
  return 'wanted'
end
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'changed_at_ms', ARGV[2],
  'confirmed_at_ms', string.format('%.0f', now), 'body', ARGV[4])
return 'kept'
