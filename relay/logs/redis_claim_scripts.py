"""What is done to claims, notes and keys at one stroke."""

from .redis_lua import IS_OTHER_SET, PUT, Script

# KEYS set t lease used.  ARGV incarnation, relay, lease in milliseconds, last, what leases begin
# with, thread, the token that it had in another data set (0: none).
# The token (0: another relay has it) and the position of the newest frame.
CLAIM = Script(
    IS_OTHER_SET
    + """
local log = redis.call('HMGET', KEYS[2], 'owner', 'fence', 'last')
if log[1] and log[1] ~= ARGV[2] and redis.call('EXISTS', ARGV[5] .. log[1]) == 1 then
  return {0, 0}
end
local last = log[3] or ARGV[4]
if last == '' then last = redis.call('HGET', KEYS[1], 'floor') or '0' end
local fence = log[2]
if log[1] ~= ARGV[2] then
  fence = ARGV[7]
  if fence == '0' then fence = redis.call('HINCRBY', KEYS[1], 'fence', 1) end
  redis.call('HSET', KEYS[2], 'last', last, 'fence', fence, 'owner', ARGV[2])
end
redis.call('ZADD', KEYS[4], redis.call('TIME')[1], ARGV[6])
redis.call('SET', KEYS[3], 1, 'PX', ARGV[3])
return {tonumber(fence), tonumber(last)}
"""
)

# KEYS t.  ARGV relay, token.
RELEASE = Script(
    """
local log = redis.call('HMGET', KEYS[1], 'owner', 'fence')
if log[1] == ARGV[1] and log[2] == ARGV[2] then redis.call('HDEL', KEYS[1], 'owner') end
return 0
"""
)

# KEYS set used.  ARGV incarnation, seconds, what threads begin with, what streams begin with, what
# leases begin with, most threads.  Forgets where the logs of threads end that have been unused for
# so long; all that have none begin beyond, so that no position of theirs is used again.
SWEEP = Script(
    IS_OTHER_SET
    + """
local now = tonumber(redis.call('TIME')[1])
local idle = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2], 'LIMIT', 0, ARGV[6])
local floor = tonumber(redis.call('HGET', KEYS[1], 'floor') or '0')
for _, thread in ipairs(idle) do
  local owner, last = unpack(redis.call('HMGET', ARGV[3] .. thread, 'owner', 'last'))
  local is_used = redis.call('EXISTS', ARGV[4] .. thread) == 1
    or owner and redis.call('EXISTS', ARGV[5] .. owner) == 1
  if is_used then
    redis.call('ZADD', KEYS[2], now, thread)
  else
    floor = math.max(floor, tonumber(last or '0'))
    redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', floor))
    redis.call('DEL', ARGV[3] .. thread)
    redis.call('ZREM', KEYS[2], thread)
  end
end
return #idle
"""
)

# KEYS set t.  ARGV incarnation, what leases begin with.  The relay that has the thread, if any.
OWNER = Script(
    IS_OTHER_SET
    + """
local owner = redis.call('HGET', KEYS[2], 'owner')
if owner and redis.call('EXISTS', ARGV[2] .. owner) == 1 then return owner end
return false
"""
)

# KEYS lease.  ARGV lease in milliseconds.  A key that is there is kept even without memory.
RENEW = Script(
    """
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then
  redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
end
return 0
"""
)

# KEYS unfinished.  ARGV what threads begin with, what leases begin with, what runs begin with.  A
# thread whose notes have gone has no run that could be driven.
ORPHANS = Script(
    """
local found = {}
for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local thread = string.match(member, '^[^:]*')
  local owner = redis.call('HGET', ARGV[1] .. thread, 'owner')
  if redis.call('EXISTS', ARGV[3] .. thread) == 0 then
    redis.call('SREM', KEYS[1], member)
  elseif not owner or redis.call('EXISTS', ARGV[2] .. owner) == 0 then
    found[thread] = true
  end
end
local threads = {}
for thread in pairs(found) do threads[#threads + 1] = thread end
return threads
"""
)

# KEYS set notes order unfinished noted.
# ARGV thread, most, keep, then of each note: id, note, is_over.
PUT_NOTES = Script(
    PUT
    + """
for n = 4, #ARGV, 3 do
  local id, note, is_over = ARGV[n], ARGV[n + 1], ARGV[n + 2]
  put({KEYS[2], KEYS[3], KEYS[4]}, ARGV[1], id, note, is_over, ARGV[2], ARGV[3])
end
redis.call('SET', KEYS[5], 1)
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[5], ARGV[3]) end
return 0
"""
)

# KEYS notes order.  ARGV keep.
READ_NOTES = Script(
    """
if ARGV[1] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
local notes = {}
for n, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  notes[n] = redis.call('HGET', KEYS[1], id)
end
return notes
"""
)

# KEYS inbox.  ARGV most notes, milliseconds, a word of its own, note.
SEND = Script(
    """
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0
"""
)

# KEYS inbox.  ARGV the entry that was taken last: it goes now, with those before it.
TAKE = Script(
    """
local taken = #redis.call('XRANGE', KEYS[1], '-', ARGV[1])
if taken > 0 then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', redis.call('XLEN', KEYS[1]) - taken)
end
return redis.call('XRANGE', KEYS[1], '-', '+')
"""
)

# KEYS key.  ARGV note, milliseconds.  What was there, else nothing.
BEGIN = Script(
    """
local there = redis.call('GET', KEYS[1])
if not there then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return there
"""
)
