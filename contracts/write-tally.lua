-- Writes shards of a poll's tally: each only forward, the poll whole or not at all.
--
-- KEYS[1] tally
-- ARGV[1] 'whole', or 'one' for a shard that must find a tally to be part of
--     then for each shard its number, seq and value (see tally.ts)
-- Returns the whole hash as it then stands, or nothing where 'one' found no tally.
if ARGV[1] == 'one' and redis.call('exists', KEYS[1]) == 0 then
  return false
end
redis.call('hsetnx', KEYS[1], 'open', '1')
for i = 2, #ARGV, 3 do
  local was = redis.call('hget', KEYS[1], ARGV[i])
  if not was or tonumber(string.match(was, '^%[(%d+)')) < tonumber(ARGV[i + 1]) then
    redis.call('hset', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
return redis.call('hgetall', KEYS[1])
