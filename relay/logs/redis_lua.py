"""Scripts that Redis carries out whole or not at all, and what several of them have in common.

Keys, below a prefix: `set` is a hash about the whole data set; and per thread, for each incarnation
of the data set, `t` is a small hash that outlives `s`, the stream.  An entry's id is the position
of its last frame, and it has two fields: `data`, ready to be sent, and `about`:

    the last position before it, milliseconds (when), bytes ever before it, and its run, if any

How far a log is trimmed is the position before its oldest entry: it changes with the trim itself,
so that it is never wrong, and a trim needs no memory where there is none left.
"""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Script:
    text: str
    sha: bytes = field(init=False)

    def __post_init__(self) -> None:
        sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", sha.encode())


# A number of Lua with 15 digits or more would be written with an exponent.
TEXT = """
local function text(number) return string.format('%.0f', number) end
"""

IS_OTHER_SET = """
if redis.call('HGET', KEYS[1], 'incarnation') ~= ARGV[1] then return -1 end
"""

# What stands beside an entry's data: the position before it, when, the bytes before it, its run.
ABOUT = """
local function about(entry)
  local after, at, before, run = string.match(entry[2][4], '^(%d+) (%d+) (%d+) (.*)$')
  return tonumber(after), tonumber(at), tonumber(before), run
end
local function last_of(entry) return tonumber(string.match(entry[1], '^%d+')) end
"""

# Where a log ends and how far it is trimmed; when its oldest entry came; its bytes.
LOOK = (
    ABOUT
    + """
local function look(set, t, s)
  local log = redis.call('HMGET', t, 'last', 'total')
  local last = tonumber(log[1] or redis.call('HGET', set, 'floor') or '0')
  local oldest = redis.call('XRANGE', s, '-', '+', 'COUNT', 1)[1]
  if not oldest then return last, last, 0, 0 end
  local after, at, before = about(oldest)
  return last, after, at, tonumber(log[2] or '0') - before
end
"""
)

# Puts a note into the hash and the order of a thread, and its run among the unfinished ones.
PUT = """
local function put(keys, thread, id, note, is_over, most, keep)
  redis.call('HSET', keys[1], id, note)
  redis.call('ZADD', keys[2], 'NX', redis.call('HINCRBY', KEYS[1], 'notes', 1), id)
  if is_over == '0' then redis.call('SADD', keys[3], thread .. ':' .. id) end
  if is_over == '1' then redis.call('SREM', keys[3], thread .. ':' .. id) end
  if redis.call('ZCARD', keys[2]) > tonumber(most) then
    local oldest = redis.call('ZPOPMIN', keys[2])[1]
    redis.call('HDEL', keys[1], oldest)
    redis.call('SREM', keys[3], thread .. ':' .. oldest)
  end
  if keep ~= '0' then
    redis.call('PEXPIRE', keys[1], keep)
    redis.call('PEXPIRE', keys[2], keep)
  end
end
"""
