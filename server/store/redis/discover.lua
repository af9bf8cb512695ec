-- Counts one report on a site's day.
--
-- KEYS  1 counters of the day
-- ARGV  1 time to live in milliseconds  2 how many counters a day may have
--       3 the one that is raised in place of each that would be one more
--       4 … names of counters
local have = redis.call('HLEN', KEYS[1]) - redis.call('HEXISTS', KEYS[1], ARGV[3])
for i = 4, #ARGV do
	local name = ARGV[i]
	if redis.call('HEXISTS', KEYS[1], name) == 0 then
		if have < tonumber(ARGV[2]) then
			have = have + 1
		else
			name = ARGV[3]
		end
	end
	redis.call('HINCRBY', KEYS[1], name, 1)
end
if redis.call('PTTL', KEYS[1]) == -1 then
	redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 1
