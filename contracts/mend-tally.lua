-- Puts shards of a poll's tally right that were found to be false: each only where it still is what was seen, so that
-- what a worker wrote meanwhile stays.
--
-- KEYS[1] tally
-- ARGV for each shard its number, the value that was seen, and the one to stand in its place ('' = none)
-- Returns how many were put right.
local mended = 0
for i = 1, #ARGV, 3 do
  if redis.call('hget', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    if ARGV[i + 2] == '' then
      redis.call('hdel', KEYS[1], ARGV[i])
    else
      redis.call('hset', KEYS[1], ARGV[i], ARGV[i + 2])
    end
    mended = mended + 1
  end
end
return mended
