-- Judges a whole group of votes by Redis' own clock, and remembers those it admits as pending. All or nothing:
-- where there is no room for all that are new, none is admitted and nothing is written.
--
-- KEYS[1] epoch  [2] beat  [3] admitted  [4] received  [5] reserved
--     then for each poll: rules, memory, used
-- ARGV[1] epoch expected  [2] lowest beat that this memory may have  [3] the most votes that may wait  [4] run
--     [5] votes that this run has put into jobs, as it was told  [6] number of polls, then for each poll the rules version expected,
--     then for each vote: poll (1 = first), boxNo, optionNo, voterKey, voteId
-- Returns {'memory'} where this is another memory than the one expected, else {'judged', now in ms, one for each vote}:
--   'a|acceptedAt'                      admitted now; to be put into a job
--   'p|acceptedAt'                      admitted before, its job unknown: to be put into a job again
--   'q|acceptedAt|batchId|position'     in a job since
--   's|place'                           the same vote as the one at that place (1 = first) of this group
--   'v'                                 the rules are of another version than expected
--   'r|reason' or 'r|reason|retryAt'    refused
--
-- memory: hash 'voterKey voteId' -> 'p|boxNo.optionNo|acceptedAt' or 'q|boxNo.optionNo|acceptedAt|batchId|position'
-- used:   hash 'boxNo voterKey' -> votes admitted, for boxes with a limit
-- rules:  hash version, opensAt, closesAt, graceMs, options, and for each box 'limit:boxNo'; times in epoch ms,
--         '' = no such time, a limit of '' = unlimited
if redis.call('get', KEYS[1]) ~= ARGV[1] or tonumber(redis.call('get', KEYS[2]) or '-1') < tonumber(ARGV[2]) then
  return { 'memory' }
end

-- A failover may lose less than a beat; the run's own votes tell.
if tonumber(redis.call('hget', KEYS[3], ARGV[4]) or '0') < tonumber(ARGV[5]) then
  return { 'memory' }
end

local clock = redis.call('time')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local run, polls = ARGV[4], tonumber(ARGV[6])

local rules = {}
for p = 1, polls do
  local flat = redis.call('hgetall', KEYS[3 + 3 * p])
  local of = { expected = ARGV[6 + p] }
  for i = 1, #flat, 2 do
    of[flat[i]] = flat[i + 1]
  end
  rules[p] = of
end

local answers, fresh, freshCount, joinedCount = { 'judged', string.format('%.0f', now) }, {}, 0, 0
local seen, taken = {}, {}

local function judge(place, p, box, option, voter, voteId)
  local field, content = voter .. ' ' .. voteId, box .. '.' .. option
  local key = p .. ' ' .. field

  -- The repeat comes first: what was accepted stays accepted, after the close too.
  local before = seen[key]
  if before then
    return before.content == content and 's|' .. before.place or 'r|vote-id-reused'
  end
  local known = redis.call('hget', KEYS[4 + 3 * p], field)
  if known then
    local state, was, rest = string.match(known, '^(%a)|([^|]*)|(.*)$')
    if was ~= content then
      return 'r|vote-id-reused'
    end
    seen[key] = { content = content, place = place }
    if state == 'p' then
      joinedCount = joinedCount + 1
    end
    return state .. '|' .. rest
  end

  local of = rules[p]
  if of.version ~= of.expected then
    return 'v'
  end
  if of.opensAt == '' or now < tonumber(of.opensAt) then
    return 'r|poll-not-open|' .. of.opensAt
  end
  if of.closesAt ~= '' and now >= tonumber(of.closesAt) + tonumber(of.graceMs) then
    return 'r|poll-closed'
  end
  local limit = of['limit:' .. box]
  if not limit then
    return 'r|unknown-box'
  end
  if tonumber(option) >= tonumber(of.options) then
    return 'r|unknown-option'
  end
  local usedField = box .. ' ' .. voter
  if limit ~= '' then
    local takenKey = p .. ' ' .. usedField
    local used = taken[takenKey] or tonumber(redis.call('hget', KEYS[5 + 3 * p], usedField) or '0')
    if used >= tonumber(limit) then
      return 'r|already-voted'
    end
    taken[takenKey] = used + 1
  end
  seen[key] = { content = content, place = place }
  freshCount = freshCount + 1
  fresh[place] = { p = p, field = field, content = content, usedField = limit ~= '' and usedField }
  return 'a|' .. string.format('%.0f', now)
end

local place = 0
for i = 7 + polls, #ARGV, 5 do
  place = place + 1
  answers[2 + place] = judge(place, tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
end

-- Room is judged before anyone is admitted. Each run's number is absolute, so a repeat or a crash cannot skew it.
local waiting = 0
for _, n in ipairs(redis.call('hvals', KEYS[3])) do
  waiting = waiting + tonumber(n)
end
for _, n in ipairs(redis.call('hvals', KEYS[4])) do
  waiting = waiting - tonumber(n)
end
local reserved = redis.call('hgetall', KEYS[5])
for i = 1, #reserved, 2 do
  if reserved[i] ~= run then
    waiting = waiting + tonumber(reserved[i + 1])
  end
end
if freshCount > 0 and waiting + freshCount > tonumber(ARGV[3]) then
  for i = 1, place do
    local answer = answers[2 + i]
    local same = tonumber(string.match(answer, '^s|(%d+)$'))
    if fresh[i] or (same and fresh[same]) then
      answers[2 + i] = 'r|queue-full'
    end
  end
  return answers
end

for _, vote in pairs(fresh) do
  redis.call('hset', KEYS[4 + 3 * vote.p], vote.field, 'p|' .. vote.content .. '|' .. string.format('%.0f', now))
  if vote.usedField then
    redis.call('hincrby', KEYS[5 + 3 * vote.p], vote.usedField, 1)
  end
end
if freshCount + joinedCount > 0 then
  redis.call('hset', KEYS[5], run, freshCount + joinedCount)
end
return answers
