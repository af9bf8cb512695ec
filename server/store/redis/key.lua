-- Returns the key KEYS[1], which ARGV[1] becomes when there is none.
local key = redis.call('GET', KEYS[1])
if key then return key end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
