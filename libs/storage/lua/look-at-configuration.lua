-- Looks at the copy of the configuration.
--
-- KEYS[1]  hash: revision, changed_at_ms, confirmed_at_ms, body
-- ARGV[1]  revision that the asker knows
-- ARGV[2]  when that revision was made, milliseconds
-- Returns  nil without a copy, else { milliseconds since it was last confirmed, body }, the body empty when it is known

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local copy = redis.call('HMGET', KEYS[1], 'revision', 'changed_at_ms', 'confirmed_at_ms')
if not copy[1] then
  return nil
end
local ago = string.format('%.0f', math.max(0, now - tonumber(copy[3])))
if copy[1] == ARGV[1] and copy[2] == ARGV[2] then
  return { ago, '' }
end
return { ago, redis.call('HGET', KEYS[1], 'body') }
