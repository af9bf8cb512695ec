-- Puts ARGV[3] in place of ARGV[2] in field ARGV[1] of KEYS[1], where that is there still.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
	return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
