-- Applies one change to the operators, links and tokens with its entries of the
-- audit log, all or nothing; or adds entries alone.
--
-- KEYS  1 version and last change  2 operators  3 links  4 tokens  5 the audit log
--       6… one for each entry, by its id: there for as long as a repetition may come
-- ARGV  1 the version expected, '' for entries alone  2 the change's id  3 the number of writes w
--       4… w times: key (2 to 4), field, value; '' removes the field
--       then the number of entries and for each: time in ms, actor, operator whose token it was, action, site, content
-- Returns 'applied' or 'changed' (another version).
local remembered = 600000 -- ms
if ARGV[1] ~= '' then
	local version = redis.call('HGET', KEYS[1], 'version') or '0'
	if redis.call('HGET', KEYS[1], 'change') == ARGV[2] then
		return 'applied' -- this very change, whose first answer got lost
	end
	if version ~= ARGV[1] then
		return 'changed'
	end
	redis.call('HINCRBY', KEYS[1], 'version', 1)
	redis.call('HSET', KEYS[1], 'change', ARGV[2])
end
local i = 4
for _ = 1, tonumber(ARGV[3]) do
	local key, field, value = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]
	if value == '' then
		redis.call('HDEL', key, field)
	else
		redis.call('HSET', key, field, value)
	end
	i = i + 3
end
-- Entries are numbered, and no earlier than the one before: ms-number is their id in the stream.
local at, number = 0, 0
local last = redis.call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)[1]
if last then
	at, number = string.match(last[1], '^(%d+)-(%d+)$')
	at, number = tonumber(at), tonumber(number)
end
for n = 1, tonumber(ARGV[i]) do
	local e = i + 1 + (n - 1) * 6
	if redis.call('SET', KEYS[5 + n], '1', 'NX', 'PX', remembered) then
		at, number = math.max(at, tonumber(ARGV[e])), number + 1
		redis.call('XADD', KEYS[5], string.format('%.0f-%.0f', at, number),
			'actor', ARGV[e + 1], 'owner', ARGV[e + 2], 'action', ARGV[e + 3], 'site', ARGV[e + 4], 'entry', ARGV[e + 5])
	end
end
return 'applied'
