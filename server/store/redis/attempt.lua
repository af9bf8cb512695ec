-- Counts one more in KEYS[1], which the first opens for ARGV[1] ms; returns how many, and the ms that are left.
local n = redis.call('INCR', KEYS[1])
if n == 1 then
	redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return {n, redis.call('PTTL', KEYS[1])}
