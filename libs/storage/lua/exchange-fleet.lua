-- Takes what one process has to tell of one dependency (or limit), and answers what all know.
--
-- KEYS[1]  hash: c<key>, b<key>, s<key>, d<key>, t<key> -> sums (calls, bookings, since, demand, shares); l<kind> -> latest
--          time; v -> the breaker's version, r -> its record as JSON, q -> its state; p, n -> version for which probes were given, and how many
-- ARGV[1]  JSON: { c, b, s, d, t: { key: amount }, fc, fb, fs, fd, ft: keys below which sums are forgotten, l: { kind: ms },
--          v: version, q: state, r: record, w: probes wanted, m: probes at most, k: milliseconds to live untouched }
-- Returns  { probes granted, 1 where there was no hash before, the hash as fields and values }

local key = KEYS[1]
local news = cjson.decode(ARGV[1])
local is_new = 1 - redis.call('EXISTS', key)

local function add(prefix, amounts)
  for name, amount in pairs(amounts) do
    redis.call('HINCRBYFLOAT', key, prefix .. name, string.format('%.17g', amount))
  end
end
add('c', news.c)
add('b', news.b)
add('s', news.s)
add('d', news.d)
add('t', news.t)

for kind, at in pairs(news.l) do
  local known = tonumber(redis.call('HGET', key, 'l' .. kind) or '0')
  if at > known then redis.call('HSET', key, 'l' .. kind, string.format('%.17g', at)) end
end

local version = tonumber(redis.call('HGET', key, 'v') or '0')
local state = redis.call('HGET', key, 'q')
if news.v > version then
  redis.call('HSET', key, 'v', news.v, 'r', news.r, 'q', news.q)
  version = news.v
  state = news.q
end

local granted = 0
if news.w > 0 and state == 'half_open' and version == news.v then
  local given = 0
  if tonumber(redis.call('HGET', key, 'p') or '-1') == version then given = tonumber(redis.call('HGET', key, 'n')) end
  granted = math.min(news.w, math.max(0, news.m - given))
  if granted > 0 then redis.call('HSET', key, 'p', version, 'n', given + granted) end
end

local below = { c = news.fc, b = news.fb, s = news.fs, d = news.fd, t = news.ft }
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  local limit = below[string.sub(fields[i], 1, 1)]
  if limit and tonumber(string.sub(fields[i], 2)) < limit then redis.call('HDEL', key, fields[i]) end
end
redis.call('PEXPIRE', key, news.k)
return { granted, is_new, redis.call('HGETALL', key) }
