"""What is done to a log at one stroke.  -1 is always another data set than the one meant."""

from .redis_lua import IS_OTHER_SET, LOOK, PUT, TEXT, Script

# KEYS set.  ARGV a fresh incarnation, the one that was known, and how many appends to it.
# A data set that has fewer appends than it had is an older one that has been put in its place.
ENTER = Script(
    """
local set = redis.call('HMGET', KEYS[1], 'incarnation', 'count')
local incarnation, count = set[1], tonumber(set[2] or '0')
if not incarnation or incarnation == ARGV[2] and count < tonumber(ARGV[3]) then
  incarnation = ARGV[1]
  redis.call('HSET', KEYS[1], 'incarnation', incarnation)
end
local now = redis.call('TIME')
return {incarnation, count, now[1] * 1000 + math.floor(now[2] / 1000)}
"""
)

# KEYS set t s used notes order unfinished.  ARGV incarnation, relay, token, position before, last,
# data, run, age, keep, thread, id of the note, note, is_over, most, and by when (milliseconds).
# How many appends there have been; -1 another data set, -2 another relay, -3 too late.
APPEND = Script(
    TEXT
    + PUT
    + IS_OTHER_SET
    + """
local now = redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
if now_ms > tonumber(ARGV[15]) then return -3 end
local log = redis.call('HMGET', KEYS[2], 'last', 'total', 'fence', 'owner')
local is_claimed = ARGV[3] ~= '0'
if is_claimed and log[3] and (log[3] ~= ARGV[3] or log[4] ~= ARGV[2]) then return -2 end
if not is_claimed and log[4] then return -2 end
local last, total, position = log[1] or ARGV[4], tonumber(log[2] or '0'), ARGV[5]
if tonumber(position) <= tonumber(last) then
  local kept = redis.call('XRANGE', KEYS[3], position .. '-0', position .. '-0')[1]
  if kept and kept[2][2] == ARGV[6] then
    return tonumber(redis.call('HGET', KEYS[1], 'count'))
  end
  return -2
end
redis.call('XADD', KEYS[3], position .. '-0', 'data', ARGV[6],
  'about', last .. ' ' .. text(now_ms) .. ' ' .. text(total) .. ' ' .. ARGV[7])
redis.call('HSET', KEYS[2], 'last', position, 'total', text(total + #ARGV[6]))
if not log[1] then redis.call('ZADD', KEYS[4], now[1], ARGV[10]) end
if is_claimed and not log[3] then
  redis.call('HSET', KEYS[2], 'fence', ARGV[3], 'owner', ARGV[2])
end
if ARGV[8] ~= '0' then redis.call('PEXPIRE', KEYS[3], ARGV[8]) end
if ARGV[11] ~= '' then
  put({KEYS[5], KEYS[6], KEYS[7]}, ARGV[10], ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[9])
end
return redis.call('HINCRBY', KEYS[1], 'count', 1)
"""
)

# KEYS set t s.  ARGV incarnation.
# The positions of the newest frame and up to which it is trimmed; when the oldest came; bytes.
OPEN = Script(IS_OTHER_SET + LOOK + "return {look(KEYS[1], KEYS[2], KEYS[3])}")

# KEYS set t s.  ARGV incarnation, position, run, bytes, most entries.
# The positions up to which it is trimmed, up to which was read, and of the newest; and the data.
READ = Script(
    TEXT
    + IS_OTHER_SET
    + LOOK
    + """
local position, most_bytes, left = tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[5])
local last, trimmed = look(KEYS[1], KEYS[2], KEYS[3])
if position < trimmed then return {trimmed, position, last, ''} end
local parts, size, seen = {}, 0, position
while left > 0 and size < most_bytes do
  local entries = redis.call('XRANGE', KEYS[3], text(seen + 1), '+', 'COUNT', 16)
  if #entries == 0 then
    seen = math.max(seen, last)
    break
  end
  for _, entry in ipairs(entries) do
    local after, _, _, run = about(entry)
    if after > seen and size == 0 then return {after, position, last, ''} end
    if after > seen or size >= most_bytes then
      return {trimmed, seen, last, table.concat(parts)}
    end
    if ARGV[3] == '' or run == ARGV[3] then
      parts[#parts + 1] = entry[2][2]
      size = size + #entry[2][2]
    end
    seen = last_of(entry)
  end
  left = left - #entries
end
return {trimmed, seen, last, table.concat(parts)}
"""
)

# KEYS set t s.  ARGV incarnation, most frames, most bytes, age in milliseconds (0: none).
# A log beyond its limits is cut a little below them, so that not every append is a cut.
EXCESS = Script(
    TEXT
    + IS_OTHER_SET
    + LOOK
    + """
local last, position, _, bytes = look(KEYS[1], KEYS[2], KEYS[3])
local most_frames, most_bytes, age = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if last - position > most_frames or bytes > most_bytes then
  most_frames, most_bytes = most_frames * 15 / 16, most_bytes * 15 / 16
end
local total = tonumber(redis.call('HGET', KEYS[2], 'total') or '0')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
while true do
  local entries = redis.call('XRANGE', KEYS[3], text(position + 1), '+', 'COUNT', 16)
  for _, entry in ipairs(entries) do
    local after, at, before = about(entry)
    local is_over = total - before > most_bytes or last - after > most_frames
      or age > 0 and now - at > age
    if not is_over or last_of(entry) == last then return position end
    position = last_of(entry)
  end
  if #entries == 0 then return position end
end
"""
)

# KEYS set t s.  ARGV incarnation, position.  What OPEN says of it then.
TRIM = Script(
    TEXT
    + IS_OTHER_SET
    + LOOK
    + """
local seen, removed = 0, 0
while true do
  local entries = redis.call('XRANGE', KEYS[3], text(seen + 1), ARGV[2], 'COUNT', 16)
  if #entries == 0 then break end
  removed = removed + #entries
  seen = last_of(entries[#entries])
end
if removed > 0 then
  redis.call('XTRIM', KEYS[3], 'MAXLEN', redis.call('XLEN', KEYS[3]) - removed)
end
return {look(KEYS[1], KEYS[2], KEYS[3])}
"""
)
