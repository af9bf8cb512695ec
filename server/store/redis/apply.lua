-- Applies one change to a site, all or nothing.
--
-- KEYS  1 versions of all sites  2 the site's record  3 its revisions  4 its publications
-- ARGV  1 key of the site  2 the version expected  3 the version after the change
--       4 record  5 number of the revision or ''  6 revision  7 publication or ''
-- Returns 'applied', 'changed' (another version) or 'taken' (the revision exists).
local version = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
if version == ARGV[3] and redis.call('GET', KEYS[2]) == ARGV[4] then
	return 'applied' -- this very change, whose first answer got lost
end
if version ~= ARGV[2] then
	return 'changed'
end
if ARGV[5] ~= '' and redis.call('HEXISTS', KEYS[3], ARGV[5]) == 1 then
	return 'taken'
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('SET', KEYS[2], ARGV[4])
if ARGV[5] ~= '' then
	redis.call('HSET', KEYS[3], ARGV[5], ARGV[6])
end
if ARGV[7] ~= '' then
	redis.call('RPUSH', KEYS[4], ARGV[7])
end
return 'applied'
