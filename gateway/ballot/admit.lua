-- Judges a whole group of votes by Redis' own clock and puts those that it admits into their job, with their memory:
-- one atomic write. Runs in one MULTI behind the add of the job, which comes hollow; where nobody is admitted, the
-- job is taken out again. All or nothing: where there is no room for all that are new, none is admitted.
--
-- KEYS[1] epoch  [2] beat  [3] admitted  [4] received  [5] batches  [6] the batch's job  [7] the queue's waiting list
--     then for each poll: rules, memory
-- ARGV[1] epoch expected  [2] lowest beat that this memory may have  [3] the most votes that may wait  [4] run
--     [5] votes that this run has put into jobs, as it was told  [6] batchId  [7] the hollow job's data
--     [8] the votes, poll by poll, entries of 74 characters: place of the poll (3), optionNo (2), boxNo (1),
--         voterKey (32), voteId (36)
--     [9] the numbers 000, 001, 002 ... as one text, one for each vote
--     then for each poll: the rules version expected, its pollNo, how many of the votes are its
-- Returns {'memory'} where this is another memory than the one expected, else
--   {'judged', now in ms, seq and votes in jobs of this run as they now stand, one letter for each vote, and for each
--   vote whose letter is not 'a' its text}, in order:
--   a                        admitted now: it lies in this batch, behind the a's before it
--   q 'remembered'           admitted before, as it is remembered
--   s 'remembered'           admitted now, as the same vote a little before it in this group
--   v ''                     the rules are of another version than expected
--   r 'reason' or 'reason|retryAt'    refused
--
-- memory: see contracts/remembered.ts. A box with a limit remembers a voter: all votes of theirs under one field,
--         which says how many they are; a box without one remembers each vote.
-- rules:  hash version, opensAt, closesAt, graceMs, options, and for each box 'limit:boxNo'; times in epoch ms,
--         '' = no such time, a limit of '' = unlimited
--
-- It runs for every vote of the house, on the one core that Redis has: no table, no number and no text is made for
-- a vote that can be made once for the group.
local call, sub, find = redis.call, string.sub, string.find
local width = 74
local run, batchId, votes, numbers = ARGV[4], ARGV[6], ARGV[8], ARGV[9]
local polls = (#KEYS - 7) / 2

local function withdraw()
  call('lrem', KEYS[7], 1, batchId)
  call('del', KEYS[6])
end

-- A job that was not stored just now, or that a worker holds already, is none to put votes into.
if call('hget', KEYS[6], 'data') ~= ARGV[7] or call('hexists', KEYS[6], 'processedOn') == 1 then
  return redis.error_reply('NOJOB the batch has no job of its own')
end

-- A failover may lose less than a beat; the run's own votes tell.
local accepted = tonumber(call('hget', KEYS[3], run) or '0')
if call('get', KEYS[1]) ~= ARGV[1]
  or tonumber(call('get', KEYS[2]) or '-1') < tonumber(ARGV[2])
  or accepted < tonumber(ARGV[5]) then
  withdraw()
  return { 'memory' }
end

local clock = call('time')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local nowText = string.format('%.0f', now)
local tail = '|' .. nowText .. '|' .. batchId .. '|'

local letters, texts, admitted, place = {}, {}, {}, 0
local toMemory, pollNos = {}, {}

local function say()
  return { 'judged', nowText, tonumber(call('hget', KEYS[5], run) or '0'), accepted, table.concat(letters), unpack(texts) }
end

-- Why nobody can be admitted to a poll now: its letter and text, or nothing.
local function hindrance(rules, expected)
  if rules.version ~= expected then
    return 'v', ''
  end
  if rules.opensAt == '' or now < tonumber(rules.opensAt) then
    return 'r', 'poll-not-open|' .. rules.opensAt
  end
  if rules.closesAt ~= '' and now >= tonumber(rules.closesAt) + tonumber(rules.graceMs) then
    return 'r', 'poll-closed'
  end
end

-- The limit of a choice's box, none for a box without one; or why there is no such choice.
local function limitOf(rules, content)
  local limit = rules['limit:' .. sub(content, 3)]
  if not limit then
    return nil, 'unknown-box'
  end
  if tonumber(sub(content, 1, 2)) >= tonumber(rules.options or '0') then
    return nil, 'unknown-option'
  end
  return tonumber(limit)
end

-- How many of the votes remembered lie in the choice's box.
local function usedOf(remembered, content)
  local used, box = 0, sub(content, 3)
  for inBox in string.gmatch(remembered, '|%d%d(%d)|') do
    used = inBox == box and used + 1 or used
  end
  return used
end

for p = 1, polls do
  local flat = call('hgetall', KEYS[6 + 2 * p])
  local rules = {}
  for i = 1, #flat, 2 do
    rules[flat[i]] = flat[i + 1]
  end
  pollNos[p] = ARGV[8 + 3 * p]
  local count = tonumber(ARGV[9 + 3 * p])
  local letter, text = hindrance(rules, ARGV[7 + 3 * p])

  local fields, contents, limits, whys = {}, {}, {}, {}
  local start = place * width
  for i = 1, count do
    local content = sub(votes, start + 4, start + 6)
    contents[i] = content
    if limits[content] == nil and whys[content] == nil then
      limits[content], whys[content] = limitOf(rules, content)
      whys[content] = whys[content] or ''
    end
    fields[i] = sub(votes, start + 7, start + (limits[content] and 38 or width))
    start = start + width
  end
  local known = call('hmget', KEYS[7 + 2 * p], unpack(fields))

  local memory, written = {}, {}
  for i = 1, count do
    place = place + 1
    local content, field = contents[i], fields[i]
    local limit = limits[content]
    local remembered = written[field] or known[i]
    local voteId = sub(votes, place * width - 35, place * width)
    local from = remembered and find(remembered, voteId, 1, true)
    -- The repeat comes first: what was accepted stays accepted, after the close too.
    if from then
      local before = string.match(remembered, '[^;]*', from)
      if sub(before, 38, 40) ~= content then
        letters[place] = 'r'
        texts[#texts + 1] = 'vote-id-reused'
      else
        letters[place] = find(before, batchId, 1, true) and 's' or 'q'
        texts[#texts + 1] = before
      end
    elseif letter then
      letters[place] = letter
      texts[#texts + 1] = text
    elseif whys[content] ~= '' then
      letters[place] = 'r'
      texts[#texts + 1] = whys[content]
    elseif remembered and usedOf(remembered, content) >= limit then
      letters[place] = 'r'
      texts[#texts + 1] = 'already-voted'
    else
      local position = #admitted
      local value = voteId .. '|' .. content .. tail .. sub(numbers, 3 * position + 1, 3 * position + 3)
      if remembered then
        value = remembered .. ';' .. value
      end
      written[field] = value
      memory[#memory + 1] = field
      memory[#memory + 1] = value
      admitted[position + 1] = place
      letters[place] = 'a'
    end
  end
  toMemory[p] = memory
end

if #admitted == 0 then
  withdraw()
  return say()
end

-- Room is judged before anyone is admitted. Each run's number is absolute, so a repeat or a crash cannot skew it.
local waiting = 0
for _, n in ipairs(call('hvals', KEYS[3])) do
  waiting = waiting + tonumber(n)
end
for _, n in ipairs(call('hvals', KEYS[4])) do
  waiting = waiting - tonumber(n)
end
if waiting + #admitted > tonumber(ARGV[3]) then
  withdraw()
  local kept, at = {}, 0
  for i = 1, place do
    local letter = letters[i]
    at = letter == 'a' and at or at + 1
    local isNew = letter == 'a' or letter == 's'
    letters[i] = isNew and 'r' or letter
    kept[i] = isNew and 'queue-full' or texts[at]
  end
  texts = kept
  return say()
end

-- 1,000 arguments at most: far below what `unpack` can hand over. A voter with two votes in this group has two
-- values here, the second with both.
for p = 1, polls do
  if #toMemory[p] > 0 then
    call('hset', KEYS[7 + 2 * p], unpack(toMemory[p]))
  end
end
if #admitted < place then
  local entries = {}
  for i = 1, #admitted do
    entries[i] = sub(votes, (admitted[i] - 1) * width + 1, admitted[i] * width)
  end
  votes = table.concat(entries)
end
accepted = accepted + #admitted
local acceptedText, seq = string.format('%.0f', accepted), call('hincrby', KEYS[5], run, 1)
call('hset', KEYS[3], run, acceptedText)
call('hset', KEYS[6], 'data', '{"v":2,"run":"' .. run .. '","seq":' .. string.format('%.0f', seq)
  .. ',"accepted":' .. acceptedText .. ',"at":' .. nowText .. ',"polls":[' .. table.concat(pollNos, ',')
  .. '],"votes":"' .. votes .. '"}')
return say()
