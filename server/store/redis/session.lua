-- Keeps a session KEYS[1] until its end, and its hash among those of its operator, KEYS[2].
--
-- ARGV  1 content  2 end in ms since 1970  3 hash
local now = redis.call('TIME')
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now[1] * 1000)
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('PEXPIREAT', KEYS[2], redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2])
return 'kept'
