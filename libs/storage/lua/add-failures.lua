-- Adds to the failures of one key over the trailing window, and answers their sum.
--
-- KEYS[1]  hash: slot number -> failures in that slot
-- ARGV[1]  slot to add to
-- ARGV[2]  how many to add; 0 only reads
-- ARGV[3]  oldest slot still in the window; older ones are forgotten
-- ARGV[4]  milliseconds after which an untouched key may go: at least the window
-- Returns  the sum over slots ARGV[3] and later, as text (a Lua number would be cut to an integer)

if tonumber(ARGV[2]) ~= 0 then
  redis.call('HINCRBYFLOAT', KEYS[1], ARGV[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end

local sum = 0
local slots = redis.call('HGETALL', KEYS[1])
for i = 1, #slots, 2 do
  if tonumber(slots[i]) < tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], slots[i])
  else
    sum = sum + tonumber(slots[i + 1])
  end
end
return string.format('%.17g', sum)
