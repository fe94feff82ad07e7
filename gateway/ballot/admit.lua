-- Judges a whole group of votes by Redis' own clock and puts those that it admits into their job, with their memory:
-- one atomic write. Runs in one MULTI behind the add of the job, which comes hollow; where nobody is admitted, the
-- job is taken out again. All or nothing: where there is no room for all that are new, none is admitted.
--
-- KEYS[1] epoch  [2] beat  [3] admitted  [4] received  [5] batches  [6] the batch's job  [7] the queue's waiting list
--     then for each poll: rules, memory, its three hashes of recent votes, and what each run accepted of it
-- ARGV[1] epoch expected  [2] lowest beat that this memory may have  [3] the most votes that may wait  [4] run
--     [5] votes that this run has put into jobs, as it was told  [6] batchId  [7] the hollow job's data
--     [8] the votes, poll by poll, entries of 71 characters: optionNo (2), boxNo (1), voterKey (32), voteId (36)
--     [9] the numbers 000, 001, 002 ... as one text, one for each vote
--     then for each poll: the rules version expected, its pollNo, how many of the votes are its
-- Returns {'memory'} where this is another memory than the one expected, else
--   {'judged', now in ms, seq and votes in jobs of this run as they now stand, one letter for each vote, how many votes
--   the voter has left for each a, q and s, '' where the box has no limit or one vote in the poll, joined by commas
--   ('' where that is so for all), what this run has accepted of each poll in all, joined by commas ('' where nobody
--   was admitted and no answer to this run was lost), and for each vote whose letter is not 'a' its text}, in order:
--   a                        admitted now: it lies in this batch, behind the a's of its poll before it
--   q 'remembered'           admitted before, as it is remembered
--   s 'remembered'           admitted now, as the same vote a little before it in this group
--   v ''                     the rules are of another version than expected
--   r 'reason' or 'reason|retryAt'    refused
--
-- memory: see contracts/remembered.ts. A box with a limit remembers a voter: all votes of theirs under one field,
--         which says how many they are; a box without one remembers each vote, for a while, and that its voter voted.
-- rules:  hash version, opensAt, closesAt, graceMs, options, and for each box 'limit:boxNo' and 'window:boxNo'; times
--         in epoch ms, '' = no such time, a limit of '' = unlimited; a window in ms, '' = the whole poll
--
-- It runs for every vote of the house, on the one core that Redis has: no table, no number and no text is made for
-- a vote that can be made once for the group, and what is remembered is read by place: see remembered.lua, which goes
-- before this text.
local call = redis.call
local width = 71
local run, batchId, votes, numbers = ARGV[4], ARGV[6], ARGV[8], ARGV[9]
local polls = (#KEYS - 7) / 6

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
local sliceNo = math.floor(now / sliceMs)
local slice = sliceNo % 3

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

-- What a choice is judged by: `why` it cannot be made; of its box (none where the rules have no such box) the character,
-- the limit and its window. `counts`: a voter may have more than one vote in it.
local function choiceOf(rules, content)
  local box = sub(content, 3)
  local limit, window = rules['limit:' .. box], tonumber(rules['window:' .. box] or '')
  if not limit then
    return { content = content, why = 'unknown-box' }
  end
  limit = tonumber(limit)
  return {
    content = content,
    why = tonumber(sub(content, 1, 2)) >= tonumber(rules.options) and 'unknown-option',
    box = byte(box),
    limit = limit,
    window = window,
    counts = limit and (limit > 1 or window),
  }
end

-- What was asked of each poll, and what is known of those who ask.
local asked, pollNos, place = {}, {}, 0
for p = 1, polls do
  local first = 2 + 6 * p
  local flat = call('hgetall', KEYS[first])
  local rules, remembersEach = {}, false
  for i = 1, #flat, 2 do
    rules[flat[i]] = flat[i + 1]
    remembersEach = remembersEach or (flat[i + 1] == '' and sub(flat[i], 1, 6) == 'limit:')
  end
  local choices, fields, made, start = {}, {}, {}, place * width
  local ids = remembersEach and {}
  for i = 1, tonumber(ARGV[9 + 3 * p]) do
    local content = sub(votes, start + 1, start + 3)
    local choice = made[content]
    if not choice then
      choice = choiceOf(rules, content)
      made[content] = choice
    end
    choices[i] = choice
    fields[i] = sub(votes, start + 4, start + 35)
    if ids then
      ids[i] = sub(votes, start + 4, start + width)
    end
    start = start + width
  end
  pollNos[p] = ARGV[8 + 3 * p]
  local letter, text = hindrance(rules, ARGV[7 + 3 * p])
  asked[p] = {
    from = place,
    rules = rules,
    choices = choices,
    fields = fields,
    known = call('hmget', KEYS[first + 1], unpack(fields)),
    ids = ids,
    lately = ids and call('hmget', KEYS[first + 2 + slice], unpack(ids)),
    earlier = ids and call('hmget', KEYS[first + 2 + (sliceNo - 1) % 3], unpack(ids)),
    letter = letter,
    text = text,
  }
  place = place + #choices
end

-- What is said of each vote and, by place, how many its voter has left where a box counts; who is admitted, and what
-- is to be remembered of them in each poll.
local letters, texts, lefts, areLefts, admitted, toMemory, toRecent, ofPoll

local function refuse(at, text)
  letters[at] = 'r'
  texts[#texts + 1] = text
end

local function judgePoll(its, isFull)
  local letter, ids, memory, recent, written = its.letter, its.ids, {}, {}, {}
  local before = #admitted
  for i = 1, #its.choices do
    local at = its.from + i
    local choice, field, id = its.choices[i], its.fields[i], ids and ids[i]
    local limit, remembered = choice.limit, written[field] or its.known[i]
    local voteId = sub(votes, at * width - 35, at * width)
    local same = remembered and recall(remembered, voteId, its.rules, now)
      or id and (written[id] or its.lately[i] or its.earlier[i])
    local used, oldest = 0, nil
    if remembered and limit then
      used, oldest = usedOf(remembered, choice, now)
    end
    -- The repeat comes first: what was accepted stays accepted, after the close too.
    if same and choice.box then
      if sub(same, 38, 40) ~= choice.content then
        refuse(at, 'vote-id-reused')
      else
        letters[at] = find(same, batchId, 1, true) and 's' or 'q'
        texts[#texts + 1] = same
        if choice.counts then
          lefts[at], areLefts = limit - used, true
        end
      end
    elseif letter then
      letters[at] = letter
      texts[#texts + 1] = its.text
    elseif choice.why then
      refuse(at, choice.why)
    elseif limit and used >= limit then
      local window, since = choice.window, tonumber(sub(remembered, oldest + 41, oldest + 53))
      local nextAt = window and string.format('%.0f', since + window) or ''
      refuse(at, choice.counts and 'limit-reached|' .. nextAt or 'already-voted')
    elseif isFull then
      refuse(at, 'queue-full')
    else
      local position = #admitted - before
      local value = voteId .. '|' .. choice.content .. tail .. sub(numbers, 3 * position + 1, 3 * position + 3)
      if not limit then
        written[id] = value
        recent[#recent + 1] = id
        recent[#recent + 1] = value
        -- So that one look tells who has voted.
        value = not remembered and '-'
      elseif remembered then
        value = with(remembered, value, choice, now)
      end
      if value then
        written[field] = value
        memory[#memory + 1] = field
        memory[#memory + 1] = value
      end
      if choice.counts then
        lefts[at], areLefts = limit - used - 1, true
      end
      admitted[#admitted + 1] = at
      letters[at] = 'a'
    end
  end
  return memory, recent
end

local function judge(isFull)
  letters, texts, lefts, areLefts, admitted, toMemory, toRecent, ofPoll = {}, {}, {}, false, {}, {}, {}, {}
  for p = 1, polls do
    local before = #admitted
    toMemory[p], toRecent[p] = judgePoll(asked[p], isFull)
    ofPoll[p] = #admitted - before
  end
end

local acceptedOfPolls = ''
local function say()
  local told = {}
  for i = 1, areLefts and place or 0 do
    if find('aqs', letters[i], 1, true) then
      told[#told + 1] = lefts[i] or ''
    end
  end
  local seq = tonumber(call('hget', KEYS[5], run) or '0')
  return { 'judged', nowText, seq, accepted, table.concat(letters), table.concat(told, ','), acceptedOfPolls,
    unpack(texts) }
end

-- Room is judged before anyone is admitted. Each run's number is absolute, so a repeat or a crash cannot skew it.
local room = tonumber(ARGV[3])
for _, n in ipairs(call('hvals', KEYS[3])) do
  room = room - tonumber(n)
end
for _, n in ipairs(call('hvals', KEYS[4])) do
  room = room + tonumber(n)
end
room = math.max(room, 0)
judge(room == 0)
-- Afresh: a vote that found the limit used up by those before it in this group finds it free again.
if #admitted > room then
  judge(true)
end
if #admitted == 0 then
  withdraw()
  -- An answer to this run was lost: its batch is told of now, so what that held of each poll is as well.
  if accepted > tonumber(ARGV[5]) then
    local standing = {}
    for p = 1, polls do
      standing[p] = call('hget', KEYS[7 + 6 * p], run) or '0'
    end
    acceptedOfPolls = table.concat(standing, ',')
  end
  return say()
end

-- 1,000 arguments at most: far below what `unpack` can hand over. A voter with two votes in this group has two
-- values here, the second with both.
for p = 1, polls do
  if #toMemory[p] > 0 then
    call('hset', KEYS[3 + 6 * p], unpack(toMemory[p]))
  end
  if #toRecent[p] > 0 then
    local key = KEYS[4 + 6 * p + slice]
    call('hset', key, unpack(toRecent[p]))
    -- When nobody looks into this slice any more; its turn comes again a slice later.
    call('pexpireat', key, (sliceNo + 2) * sliceMs)
  end
end
-- Those of whom somebody was admitted are the polls of the batch.
local acceptedOf, held, sizes, heldAccepted = {}, {}, {}, {}
for p = 1, polls do
  acceptedOf[p] = string.format('%.0f', call('hincrby', KEYS[7 + 6 * p], run, ofPoll[p]))
  if ofPoll[p] > 0 then
    held[#held + 1] = pollNos[p]
    sizes[#sizes + 1] = ofPoll[p]
    heldAccepted[#heldAccepted + 1] = acceptedOf[p]
  end
end
acceptedOfPolls = table.concat(acceptedOf, ',')
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
call('hset', KEYS[6], 'data', '{"v":3,"run":"' .. run .. '","seq":' .. string.format('%.0f', seq)
  .. ',"accepted":' .. acceptedText .. ',"at":' .. nowText .. ',"polls":[' .. table.concat(held, ',')
  .. '],"sizes":[' .. table.concat(sizes, ',') .. '],"pollAccepted":[' .. table.concat(heldAccepted, ',')
  .. '],"votes":"' .. votes .. '"}')
return say()
