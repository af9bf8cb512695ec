-- Records one decision: state, history and counters, all or nothing, and
-- nothing when the visitor has a decision of that id already.
--
-- KEYS  1 state  2 history  3 counters of the day
-- ARGV  1 id (16 bytes)  2 record for the history (head and entry)  3 layer
--       4 5 6 times to live of state, history and counters in milliseconds
--       7 how large a history may grow in bytes  8 … names of counters
-- Returns 1 when it wrote, 0 when the history is full, the stored entry when it
-- was there already.
--
-- The layouts are those of server/consent: state.go, history.go. Bytes are
-- compared as numbers: Lua compares strings by the server's locale.
local id, record, layer = ARGV[1], ARGV[2], ARGV[3]

local had = redis.call('GET', KEYS[2])
local history = had or ''
if string.find(history, id, 1, true) then
	local at = 1
	while at <= #history do
		local n = struct.unpack('>I2', history, at)
		if string.sub(history, at + 2, at + 17) == id then
			return string.sub(history, at + 18, at + 17 + n)
		end
		at = at + 18 + n
	end
end

if #history + #record > tonumber(ARGV[7]) then
	return 0
end

local function parse(packed, at)
	local n = struct.unpack('>I2', packed, at + 30)
	return {
		id = string.sub(packed, at, at + 15),
		sequence = struct.unpack('>I4', packed, at + 16),
		asked = string.sub(packed, at + 32, at + 31 + n),
		packed = string.sub(packed, at, at + 31 + 2 * n),
	}
end

local function newer(a, b)
	if a.sequence ~= b.sequence then return a.sequence > b.sequence end
	for i = 1, 16 do
		local x, y = string.byte(a.id, i), string.byte(b.id, i)
		if x ~= y then return x > y end
	end
	return false
end

-- State.Merge: the layer takes its place, then whatever is named by newer ones goes.
local held = redis.call('GET', KEYS[1])
local state = held or '\1'
if string.byte(state, 1) ~= 1 then
	return redis.error_reply('SEKISHO the state of a visitor has an unknown format')
end
local layers, at, fresh, known = {}, 2, parse(layer, 1), false
while at <= #state do
	local l = parse(state, at)
	known = known or l.id == id
	if fresh and newer(fresh, l) then
		layers[#layers + 1] = fresh
		fresh = nil
	end
	layers[#layers + 1] = l
	at = at + #l.packed
end
if fresh then layers[#layers + 1] = fresh end

if not known then
	local named, kept = {}, { '\1' }
	for _, l in ipairs(layers) do
		local adds = false
		for i = 1, #l.asked do
			local bits, have = string.byte(l.asked, i), named[i] or 0
			local all = bit.bor(bits, have)
			if all ~= have then
				adds = true
				named[i] = all
			end
		end
		if adds then kept[#kept + 1] = l.packed end
	end
	state = table.concat(kept)
end

-- A newer write extends what is left, never shortens it.
local function left(there, key, ttl)
	if not there then return ttl end
	return math.max(redis.call('PTTL', key), tonumber(ttl))
end

redis.call('SET', KEYS[1], state, 'PX', left(held, KEYS[1], ARGV[4]))
local ttl = left(had, KEYS[2], ARGV[5])
if #history < 4096 then
	-- A value set whole takes no more memory than it needs; one that grows by
	-- APPEND is given twice that.
	redis.call('SET', KEYS[2], history .. record, 'PX', ttl)
else
	redis.call('APPEND', KEYS[2], record)
	redis.call('PEXPIRE', KEYS[2], ttl)
end
local first = false
for i = 8, #ARGV do
	first = redis.call('HINCRBY', KEYS[3], ARGV[i], 1) == 1 or first
end
if first and redis.call('PTTL', KEYS[3]) == -1 then
	redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
return 1
